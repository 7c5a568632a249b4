"""What happens in the sandbox when real workers share the cache: one is held up, and another one goes on."""

from __future__ import annotations

import marshal
import mmap
import os
import select
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any

import posix_ipc

from ipclab.ipc.pipes import Pipe, read_exactly, write_all
from ipclab.ipc.processes import reap, spawn

from .fakes import Cache, Store

SIZE = 64 * 1024  # bytes of a table
KEY = b"shared"


class Table:
    """A dict in memory that forked processes share, each change of it whole."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, SIZE)
        self._guard = posix_ipc.Semaphore(None, posix_ipc.O_CREX, initial_value=1)
        self._guard.unlink()
        with self.changed():
            pass

    @contextmanager
    def changed(self) -> Iterator[dict[Any, Any]]:
        """The dict; what the block makes of it is what the next one finds."""
        with self._guard:
            content = marshal.loads(self._memory[:]) if self._memory[0] else {}
            yield content
            packed = marshal.dumps(content)
            self._memory[: len(packed)] = packed


class Lock:
    """A semaphore with the methods of a lock."""

    def __init__(self) -> None:
        self._semaphore = posix_ipc.Semaphore(None, posix_ipc.O_CREX, initial_value=1)
        self._semaphore.unlink()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        wait = None if timeout < 0 else timeout
        try:
            self._semaphore.acquire(wait if blocking else 0)
        except posix_ipc.BusyError:
            return False
        return True

    def release(self) -> None:
        self._semaphore.release()

    def locked(self) -> bool:
        return bool(self._semaphore.value == 0)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class SharedCache(Cache):
    """The cache, its content in memory that all workers share."""

    def __init__(self) -> None:
        self._table = Table()
        self.lock = Lock()

    def _load(self, content: dict[str, Any]) -> None:
        self.values = content.setdefault("values", {})
        self.changes = content.setdefault("changes", {})

    def get(self, key: bytes) -> bytes | None:
        with self._table.changed() as content:
            self._load(content)
            return super().get(key)

    def put(self, key: bytes, value: bytes, lease: Any = None) -> bool:
        with self._table.changed() as content:
            self._load(content)
            return super().put(key, value, lease)

    def discard(self, key: bytes) -> None:
        with self._table.changed() as content:
            self._load(content)
            super().discard(key)

    def lease(self, key: bytes) -> tuple[bytes, int]:
        with self._table.changed() as content:
            self._load(content)
            return super().lease(key)


class SharedStore(Store):
    """The store, shared in the same way. In one worker it stops at a gate, once, after its work is done."""

    def __init__(self, value: bytes) -> None:
        super().__init__()
        self._table = Table()
        self.gate: Gate | None = None
        with self._table.changed() as content:
            content[KEY] = value

    def get(self, key: bytes) -> bytes | None:
        with self._table.changed() as content:
            self.values = content
            value = super().get(key)
        self._pause()
        return value

    def set(self, key: bytes, value: bytes) -> None:
        with self._table.changed() as content:
            self.values = content
            super().set(key, value)
        self._pause()

    def _pause(self) -> None:
        gate, self.gate = self.gate, None
        if gate is not None:
            gate.wait()


class Gate:
    """Where one process stands until another one lets it go on."""

    def __init__(self) -> None:
        self.arrivals, self.departures = Pipe(), Pipe()

    def wait(self) -> None:
        write_all(self.arrivals.write_end.fd, b"!")
        read_exactly(self.departures.read_end.fd, 1)

    def arrived(self) -> None:
        """Wait for the other process to come here, or to end before it does."""
        self.arrivals.write_end.close()
        os.read(self.arrivals.read_end.fd, 1)

    def open(self) -> None:
        write_all(self.departures.write_end.fd, b"!")

    def close(self) -> None:
        for each in (self.arrivals, self.departures):
            each.read_end.close()
            each.write_end.close()


def overtake_each(
    functions: SimpleNamespace, pairs: list[tuple[str, str]], seconds: float
) -> list[dict[str, Any] | None]:
    """`overtake` for each pair, all at the same time; None where it did not come to an end.

    In one run of the sandbox: whoever waits for a lock that all of them share can see who has it.
    """
    with ExitStack() as stack:
        answers = [stack.enter_context(Pipe()) for _ in pairs]
        started = [
            spawn(_answer, answer, functions, *pair, seconds)
            for answer, pair in zip(answers, pairs, strict=True)
        ]
        for pid in started:
            reap(pid)
        return [_whole_answer(each) for each in answers]


def _whole_answer(answer: Pipe) -> dict[str, Any] | None:
    """What a process that has ended wrote: it is there, in one piece, or will never come."""
    os.set_blocking(answer.read_end.fd, False)
    try:
        packed = os.read(answer.read_end.fd, SIZE)
    except BlockingIOError:
        return None
    found: dict[str, Any] = marshal.loads(packed)
    return found


def _answer(answer: Pipe, functions: SimpleNamespace, *arguments: Any) -> None:
    write_all(answer.write_end.fd, marshal.dumps(overtake(functions, *arguments)))


def overtake(functions: SimpleNamespace, first: str, second: str, seconds: float) -> dict[str, Any]:
    """One worker is held up in the store, while another one may go on for some seconds: what holds then?

    `first`: "get", held up with the old value in its hands, or "set", after it has written. `second`: what the
    other one does.
    """
    cache, store, gate = SharedCache(), SharedStore(b"old"), Gate()
    try:
        held_up = spawn(_work, functions, cache, store, first, b"first", gate)
        gate.arrived()
        other = spawn(_work, functions, cache, store, second, b"second", None)
        share, ended = _cpu_share(other, seconds)
        gate.open()
        statuses = [reap(held_up), reap(other)]
    finally:
        gate.close()
    return {
        "statuses": statuses,
        "waited": not ended,
        "share": share,
        "locked": cache.lock.locked(),
        "cached": cache.get(KEY),
        "stored": store.get(KEY),
    }


def _work(
    functions: SimpleNamespace, cache: Any, store: Any, what: str, value: bytes, gate: Gate | None
) -> None:
    store.gate = gate
    if what == "get":
        functions.get_with_cache(cache, store, KEY)
    else:
        functions.set_with_cache(cache, store, KEY, value)


def _cpu_share(pid: int, seconds: float) -> tuple[float, bool]:
    """How much of a processor does it use until it ends, or the time is over? And did it end?

    Of the time for which it had none, though it wanted one, nothing is known: that is left out.
    """
    pidfd = os.pidfd_open(pid)
    try:
        (used, queued), started = _cpu_times(pid), time.monotonic()
        ended = bool(select.select([pidfd], [], [], seconds)[0])
        passed = time.monotonic() - started
        used, queued = (
            now - then for now, then in zip(_cpu_times(pid), (used, queued), strict=True)
        )
        return used / max(used, passed - queued, 1e-9), ended
    finally:
        os.close(pidfd)


def _cpu_times(pid: int) -> tuple[float, float]:
    """Seconds that a process has run, and has waited for a processor (Linux, scheduler/sched-stats)."""
    try:
        with open(f"/proc/{pid}/schedstat") as file:
            run, queued, _ = file.read().split()
        return int(run) / 1e9, int(queued) / 1e9
    except FileNotFoundError:  # a kernel built without it
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), 0.0
