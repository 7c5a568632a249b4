"""Workers and supervisors killed at random moments under load; every answer compared with a model."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest
from load import Load, new_models
from served import names_of, wait_until

from ipclab.database.launch import Server, launched

CLIENTS, KEYS = 4, 40


def kill_workers(server: Server, load: Load, kills: int, calls: int) -> None:
    """After each portion of `calls` answered, until there were as many kills."""
    chance = random.Random(kills)
    with server.client() as client:
        for turn in range(kills):
            start = load.done
            wait_until(lambda start=start: load.done >= start + calls or load.errors)
            workers = client.stats()["workers"]
            if load.errors:
                return
            if turn % 10 == 9:  # all at once
                for pid in workers:
                    os.kill(pid, signal.SIGKILL)
            else:
                os.kill(chance.choice(workers), signal.SIGKILL)
        wait_until(lambda: len(client.stats()["workers"]) == 2)


def test_killed_workers_lose_nothing_and_serve_nothing_old(server: Server) -> None:
    with Load(server.socket_path, CLIENTS, new_models(KEYS), seed=1) as load:
        kill_workers(server, load, kills=5, calls=300)
    assert load.done >= 1500


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_hundred_thousand_calls_and_twenty_kills(server: Server) -> None:
    with Load(server.socket_path, CLIENTS, new_models(KEYS), seed=2) as load:
        kill_workers(server, load, kills=20, calls=5_000)
    print(f"{load.done} calls answered, {load.unknown} with an unknown outcome, none wrong")
    assert load.done >= 100_000


def kill_supervisor(path: Path, turns: int, calls: int) -> None:
    models = new_models(KEYS)
    for turn in range(turns):
        with (
            launched(path, 2) as server,
            Load(server.socket_path, CLIENTS, models, seed=turn) as load,
        ):
            wait_until(lambda load=load: load.done >= calls or load.errors)
            load.down = True
            server.process.kill()
            server.process.wait()
    with launched(path, 1) as server, server.client() as client:
        for model in models:
            model.check(client.get(model.key), model.known)
    assert names_of(path) == []


def test_a_killed_supervisor_loses_nothing(path: Path) -> None:
    kill_supervisor(path, turns=2, calls=300)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_ten_killed_supervisors_lose_nothing(path: Path) -> None:
    kill_supervisor(path, turns=10, calls=3_000)
