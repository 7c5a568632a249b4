"""Notebook 5: what is published arrives whole, at every worker, and the server answers through a kill."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from ipclab import experiments
from ipclab.experiments import live_config_clients
from ipclab.experiments import live_config_trials as trials
from ipclab.experiments.live_config_results import (
    Answer,
    Board,
    KilledWorker,
    Publication,
    Requests,
    TakeUp,
    TornLooks,
)
from ipclab.experiments.live_config_server import WebServer
from ipclab.webserver import Config, live

live_config = experiments.live_config


@pytest.fixture(scope="module")
def server() -> Iterator[WebServer]:
    """A server with two workers, for all tests that leave one."""
    with live_config.WebServer(workers=2) as started:
        yield started


def test_field_by_field_is_torn_and_under_the_lock_is_not() -> None:
    torn = live_config.torn_looks(seconds=0.02)
    assert torn.mixed["field by field"] > 0
    assert torn.mixed["under the lock"] == 0
    example = torn.examples["field by field"]
    assert example is not None and len({example.version, *example.greeting}) > 1
    assert all(looks > 0 for looks in torn.looks.values())


@pytest.mark.parametrize("workers", [1, 3])
def test_every_way_of_waiting_reaches_all_workers(workers: int) -> None:
    waits = live_config.take_up(workers, rounds=4, quiet=0.05)
    assert list(waits.seconds) == list(trials.WAYS)
    assert waits.rounds == 4
    assert all(0 < each < 30 for seconds in waits.seconds.values() for each in seconds)
    assert all(len(shares) == workers for shares in waits.shares.values())
    assert waits.share("spins") > 0.2 > waits.share("semaphore")


def test_the_server_answers_and_takes_a_change_up(server: WebServer) -> None:
    done = server.update_config(greeting="Grüße", max_connections=77)
    assert (done["taken_up"], done["workers"]) == (2, 2)
    assert server.get("/") == "Grüße"
    shown = server.get("/config")
    assert (shown["greeting"], shown["max_connections"]) == ("Grüße", 77)
    board = live_config.board(server)
    assert board.version == shown["version"] == done["version"]
    assert [each["version"] for each in board.workers] == [board.version] * 2
    assert "up to date" in repr(board)


def test_a_refusal_is_told(server: WebServer) -> None:
    with pytest.raises(ValueError, match="64 are allowed"):
        server.update_config(greeting="x" * 65)


def test_no_client_gets_a_mixture_or_an_old_answer(server: WebServer) -> None:
    seen = live_config.requests_while_changing(server, changes=4, pause=0.02)
    assert (seen.mixtures, seen.backwards, seen.outdated) == (0, 0, 0)
    versions = [each.version for each in seen.publications]
    assert versions == list(range(versions[0], versions[0] + 4))
    assert all(each.worker for each in seen.answers)
    assert len(seen.answers) >= 3


def test_a_killed_worker_is_replaced_by_one_that_knows_the_latest() -> None:
    with live_config.WebServer(workers=2) as server:
        killed = live_config.killed_worker(server, seconds=0.05)
        assert killed.mixtures == 0
        assert killed.of(killed.successor)[-1].version == killed.version
        assert all(
            each.begun < killed.killed < killed.replaced for each in killed.of(killed.victim)
        )
        assert killed.successor not in killed.workers


def test_the_server_runs_on_a_learners_functions() -> None:
    with live_config.WebServer(workers=2, solution=live.__file__) as server:
        done = server.update_config(greeting="another way")
        assert (done["taken_up"], server.get("/")) == (2, "another way")
    assert server.process.returncode == 0
    assert "ended" in repr(server)


def test_a_server_that_does_not_start_says_why(tmp_path: Any) -> None:
    stub = tmp_path / "stub.py"
    stub.write_text("x = 1\n")
    with pytest.raises(RuntimeError, match="publish"):
        live_config.WebServer(solution=str(stub))


def test_a_server_leaves_nothing(server: WebServer) -> None:
    before = set(os.listdir("/proc/self/fd"))
    with live_config.WebServer(workers=1) as own:
        port = own.port
    assert set(os.listdir("/proc/self/fd")) == before
    assert not [name for name in os.listdir("/dev/shm") if f"-{port}-" in name]
    assert own.stop() == 0  # the second time it does nothing


def test_what_fails_apart_is_told() -> None:
    with pytest.raises(RuntimeError, match="kill_a_worker gave no result"):
        live_config_clients.apart(live_config_clients.kill_a_worker, 1, 1, 0.1)


def test_the_form_publishes_and_shows_refusals(server: WebServer) -> None:
    form = live_config.dashboard(server)
    greeting, _, buttons, told, board = form.children
    publish, look = buttons.children
    greeting.value = "from the form"
    publish.click()
    assert "2 of 2 workers" in told.value
    assert server.get("/") == "from the form"
    greeting.value = "x" * 65
    publish.click()
    assert "64 are allowed" in told.value
    look.click()
    assert "<table" in board.value
    assert "form" in repr(form)


def test_the_form_of_a_server_that_has_ended_says_so() -> None:
    with live_config.WebServer(workers=1) as server:
        form = live_config.dashboard(server)
    _, _, buttons, told, _ = form.children
    for button in buttons.children:
        button.click()
        assert "has ended" in told.value


def test_a_server_that_is_forgotten_ends() -> None:
    server = live_config.WebServer(workers=1)
    process = server.process
    del server
    assert process.wait(10) == 0


ANSWERS = (
    Answer(0.0, 0.1, 11, 1, True, 1),
    Answer(0.2, 0.3, 11, 3, True, 1),
    Answer(0.4, 0.5, 12, 2, False, 1),
    Answer(0.6, 0.7, 0, 0, True, 1),
)
TORN = TornLooks({"a": 1000}, {"a": 1}, {"a": Config(1, 2, 3, b"ab")})
WAITS = TakeUp(
    2, {"looks": (1e-3, 2e-3), "spins": (1e-6, 2e-6)}, {"looks": (0.01,), "spins": (1.0,)}
)
REQUESTS = Requests((Publication(0.15, 0.18, 3),), (ANSWERS[:3],))
KILLED = KilledWorker(0.35, 0.39, 11, 12, 3, (11,), (ANSWERS,))


def test_answers_are_judged() -> None:
    assert (REQUESTS.mixtures, REQUESTS.backwards, REQUESTS.outdated) == (1, 1, 1)
    assert (KILLED.mixtures, KILLED.lost, len(KILLED.answers)) == (1, 1, 3)
    assert [each.begun for each in KILLED.of(11)] == [0.0, 0.2]


def test_results_print_as_tables() -> None:
    assert "1, 2, 3, a…b" in repr(TORN)
    assert "100.0" in repr(WAITS)
    assert "1 times" in repr(REQUESTS)
    assert "connections lost" in repr(KILLED)
    assert "not yet" in repr(Board(4, ({"version": 3, "requests": 0, "connections": 0},)))


@pytest.mark.parametrize("result", [WAITS, REQUESTS, KILLED])
def test_figures_say_in_words_what_they_show(result: Any) -> None:
    figure = result.plot()
    assert len(figure.alt) > 60
    assert figure.axes[0].get_title(loc="left")
