"""Clients of the real web server that watch it closely, while its configuration changes and its workers die.

Measurements of notebook 5, each in a process apart: `apart`. They use the server's commands and HTTP. man 7 signal.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from typing import Any

from ipclab.experiments.live_config_server import PATIENCE
from ipclab.ipc.pipes import Pipe
from ipclab.ipc.processes import reap, spawn
from ipclab.webserver import commands

_STEP = 0.002  # seconds between two looks
# Begun, ended, whose answer, version, whether all fields belong together, number of the connection.
ANSWER = struct.Struct("<ddQQ?Q")
REQUESTS = 20  # of a connection, where clients make new ones
LOST = 0  # as the worker: the connection broke before the answer came


def greeting_of(most: int) -> str:
    """The greeting that goes with so many max_connections here, so that a mixture would show."""
    return f"{most} at most, " * 3


@contextlib.contextmanager
def clients(port: int, count: int, requests: int = 0) -> Iterator[list[list[tuple[Any, ...]]]]:
    """Clients that ask all the time, in the block; after it the list holds what each of them was answered.

    `requests`: after so many each of them makes a new connection; 0: never.
    """
    answers: list[list[tuple[Any, ...]]] = []
    with tempfile.TemporaryDirectory() as folder, Pipe() as end:
        files = [os.path.join(folder, f"client {number}") for number in range(count)]
        pids = [spawn(_ask_until_end, port, requests, end, file) for file in files]
        try:
            yield answers
        finally:
            end.write_end.close()
            statuses = [reap(pid) for pid in pids]
        if any(statuses):
            raise RuntimeError(f"clients ended with {statuses}: their traceback is above")
        answers += map(_read, files)


def _read(path: str) -> list[tuple[Any, ...]]:
    with open(path, "rb") as file:
        return list(ANSWER.iter_unpack(file.read()))


def _ask_until_end(port: int, requests: int, end: Pipe, path: str) -> None:
    end.write_end.close()
    seen: list[bytes] = []
    connections = 0
    while not _has_ended(end):
        connections += 1
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            asked = 0
            while not _has_ended(end) and (not requests or asked < requests):
                asked += 1
                begun = time.monotonic()
                found = _ask(connection)
                seen.append(ANSWER.pack(begun, time.monotonic(), *found, connections))
                if found[0] == LOST:
                    break
    with open(path, "wb") as file:
        file.write(b"".join(seen))


def _has_ended(end: Pipe) -> bool:
    return bool(select.select([end.read_end.fd], [], [], 0)[0])


def _ask(connection: http.client.HTTPConnection) -> tuple[int, int, bool]:
    """Whose answer it is, the version, and whether its fields belong together."""
    try:
        connection.request("GET", "/config")
        answer = connection.getresponse()
        told = json.loads(answer.read())
    except (OSError, http.client.HTTPException):
        return LOST, 0, True
    whole = answer.status == 200 and told["greeting"] == greeting_of(told["max_connections"])
    return told["worker"], told["version"], whole


def update(port: int, most: int) -> None:
    """`ipclab webserver update-config`, in this process: another interpreter would take its time."""
    options = Namespace(
        port=port, verbosity=None, max_connections=most, greeting=greeting_of(most), json=True
    )
    with contextlib.redirect_stdout(io.StringIO()):
        status = commands.update_config(options)
    if status != 0:
        raise RuntimeError("update-config was refused: its reason is above")


def changes(port: int, count: int, pause: float, number: int) -> dict[str, Any]:
    """`number` clients ask while the configuration changes `count` times.

    {"published": [(before it, when it had returned, version), …], "answers": a list for each client}.
    """
    update(port, 1000)
    version = shown(port)["version"]
    published = []
    with clients(port, number) as answers:
        for each in range(count):
            time.sleep(pause)
            begun = time.monotonic()
            update(port, 1001 + each)
            published.append((begun, time.monotonic(), version + 1 + each))
        time.sleep(pause)
    return {"first": version, "published": published, "answers": answers}


def kill_a_worker(port: int, number: int, seconds: float) -> dict[str, Any]:
    """One worker is killed under load, and the configuration changes as soon as it is dead.

    The clients ask for so many `seconds` before the kill, and again after the replacement; for longer if the worker
    in question has not answered a few of them by then.
    """
    update(port, 2000)
    workers = worker_pids(port)
    victim = workers[0]
    with clients(port, number, requests=REQUESTS) as answers:
        _let_answer(port, victim, seconds)
        killed = _kill(victim)
        update(port, 2001)
        _wait_until(lambda: victim not in (now := worker_pids(port)) and len(now) == len(workers))
        replaced = time.monotonic()
        [successor] = set(worker_pids(port)) - set(workers)
        _let_answer(port, successor, seconds)
    return {
        "killed": killed, "replaced": replaced, "version": shown(port)["version"],
        "victim": victim, "successor": successor, "workers": workers, "answers": answers,
    }  # fmt: skip


def _kill(pid: int) -> float:
    """Returns when it was dead."""
    fd = os.pidfd_open(pid)
    try:
        os.kill(pid, signal.SIGKILL)
        select.select([fd], [], [], PATIENCE)
        return time.monotonic()
    finally:
        os.close(fd)


def _let_answer(port: int, worker: int, seconds: float) -> None:
    """Wait for so long, and until this worker has answered as many requests as one connection makes."""
    before = _answered(port, worker)
    time.sleep(seconds)
    _wait_until(lambda: _answered(port, worker) >= before + REQUESTS)


def _answered(port: int, worker: int) -> int:
    return int(sum(each["requests"] for each in shown(port)["workers"] if each["pid"] == worker))


def shown(port: int) -> dict[str, Any]:
    """`ipclab webserver show-config --json`, in this process."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        if commands.show_config(Namespace(port=port, json=True)) != 0:
            raise RuntimeError("show-config was refused: its reason is above")
    return dict(json.loads(said.getvalue()))


def worker_pids(port: int) -> list[int]:
    return [each["pid"] for each in shown(port)["workers"]]


def _wait_until(true: Callable[[], bool]) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the server did not get there within {PATIENCE:.0f} s")
        time.sleep(_STEP)  # the looks are not to be the load


def apart(function: Callable[..., Any], *args: object) -> Any:
    """What a function of this module returns, called in a process of its own that sees the server's names and pids.

    Raises RuntimeError with what it said when it raised.
    """
    program = (
        f"import json, sys; from {__name__} import {function.__name__} as function;"
        " print(json.dumps(function(*json.loads(sys.argv[1]))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps(args)],
        capture_output=True, text=True, timeout=2 * PATIENCE,
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"{function.__name__} gave no result:\n{done.stderr.strip()}")
    return json.loads(done.stdout)
