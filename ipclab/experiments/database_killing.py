"""What do clients notice when a worker of the server is killed under load? Processes in, plain data out.

A measurement of notebook 4, of the real server. man 7 signal.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import struct
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

from ipclab.database import Client, OutcomeUnknown
from ipclab.database.launch import launched
from ipclab.ipc.pipes import Pipe
from ipclab.ipc.processes import reap, spawn

WORKERS, CLIENTS = 2, 3
PATIENCE = 15.0  # seconds for something that takes milliseconds on an idle machine
_STEP = 0.002  # seconds between two looks
_REQUEST = struct.Struct("<ccdd")  # get or set, how it ended, begun, ended
RIGHT, WRONG, UNKNOWN = b"r", b"w", b"u"


def kill_a_worker(before: int, after: int, options: Sequence[str] = ()) -> dict[str, Any]:
    """Clients set and get; after so many requests one worker is killed, and they go on for so many more.

    Returns the times of the kill and of the moment at which all workers were there again, the requests of each
    client as (get or set, right, wrong or unknown, begun, ended), and the workers' process ids at both ends.
    `options`: more of them for `ipclab database serve`.
    """
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        server = stack.enter_context(launched(os.path.join(folder, "kv.db"), WORKERS, *options))
        control = stack.enter_context(server.client())
        for number in range(CLIENTS):
            control.set(_key(number), b"0")
        end = stack.enter_context(Pipe())
        files = [os.path.join(folder, f"seen by {number}") for number in range(CLIENTS)]
        started = [
            spawn(_use, server.socket_path, number, end, file) for number, file in enumerate(files)
        ]
        killed, replaced, workers = _kill(control, before, after)
        end.write_end.close()
        statuses = [reap(pid) for pid in started]
        seen = [list(_REQUEST.iter_unpack(_content(file))) for file in files]
    if any(statuses):
        raise RuntimeError(f"clients ended with {statuses}: their traceback is above")
    start = min(begun for each in seen for _, _, begun, _ in each)
    return {
        "killed": killed - start,
        "replaced": replaced - start,
        "workers": workers,
        "clients": [
            [
                (kind == b"s", how.decode(), begun - start, ended - start)
                for kind, how, begun, ended in each
            ]
            for each in seen
        ],
    }


def _kill(control: Client, before: int, after: int) -> tuple[float, float, tuple[list[int], ...]]:
    """When a worker was killed and when it was replaced, and the workers' process ids at both ends."""
    first = control.stats()
    _wait_until(lambda: control.stats()["requests"] - first["requests"] > before)
    victim, killed = first["workers"][0], time.monotonic()
    os.kill(victim, signal.SIGKILL)
    _wait_until(lambda: _is_replaced(control.stats(), victim))
    replaced, now = time.monotonic(), control.stats()["requests"]
    _wait_until(lambda: control.stats()["requests"] - now > after)
    return killed, replaced, (first["workers"], control.stats()["workers"])


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _wait_until(true: Callable[[], bool]) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the server did not get there within {PATIENCE:.0f} s")
        time.sleep(_STEP)  # each look is a request of its own, and not to be the load


def _is_replaced(stats: dict[str, Any], killed: int) -> bool:
    return killed not in stats["workers"] and len(stats["workers"]) == WORKERS


def _key(number: int) -> bytes:
    return b"counter %d" % number


class _User:
    """Counts up a key of its own, and looks at it and at the next client's: it knows what they may be."""

    def __init__(self, client: Client, me: int) -> None:
        self._client = client
        self._mine, self._theirs = _key(me), _key((me + 1) % CLIENTS)
        self._count = self._newest = 0
        self._possible = {0}

    def set(self) -> bool:
        self._count += 1
        self._possible = {self._count - 1, self._count}  # until the answer comes, if it does
        self._client.set(self._mine, b"%d" % self._count)
        self._possible = {self._count}
        return True

    def get(self) -> bool:
        return self._value(self._mine) in self._possible

    def look(self) -> bool:
        """A counter never goes back."""
        before, self._newest = self._newest, self._value(self._theirs)
        return self._newest >= before

    def _value(self, key: bytes) -> int:
        return int(self._client.get(key) or -1)


def _use(socket_path: str, me: int, end: Pipe, path: str) -> None:
    end.write_end.close()
    seen = []
    with Client(socket_path) as client:
        user = _User(client, me)
        while not select.select([end.read_end.fd], [], [], 0)[0]:
            seen += [_timed(b"s", user.set), _timed(b"g", user.get), _timed(b"g", user.look)]
    with open(path, "wb") as file:
        file.write(b"".join(_REQUEST.pack(*each) for each in seen))


def _timed(kind: bytes, request: Callable[[], bool]) -> tuple[bytes, bytes, float, float]:
    begun = time.monotonic()
    try:
        how = RIGHT if request() else WRONG
    except OutcomeUnknown:
        how = UNKNOWN
    return kind, how, begun, time.monotonic()
