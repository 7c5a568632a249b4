"""What happens in the sandbox when exercise 7 is checked by running it: counters, workers, a held lock."""

from __future__ import annotations

import mmap
import os
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, NamedTuple

import posix_ipc

from ipclab.ipc.pipes import Pipe, read_exactly, read_until_eof, write_all
from ipclab.ipc.processes import reap, spawn

SIZE = 64  # bytes of memory; the counter is in the first eight, the rest belongs to others
NAMES = ("/ipclab-memory", "/ipclab-lock")  # in the run's own /dev/shm


class Case(NamedTuple):
    """One call: which function, what the counter holds before, how often it shall add one."""

    locked: bool
    before: int
    times: int


class Shared(NamedTuple):
    """What the workers share."""

    memory: mmap.mmap
    semaphore: posix_ipc.Semaphore

    @property
    def counter(self) -> int:
        return int.from_bytes(self.memory[:8], "little")

    @property
    def rest(self) -> bytes:
        return self.memory[8:]


@contextmanager
def _shared(before: int = 0) -> Iterator[Shared]:
    """Memory with a counter and somebody else's bytes behind it, and a semaphore with the value 1."""
    memory = posix_ipc.SharedMemory(NAMES[0], posix_ipc.O_CREX, size=SIZE)
    semaphore = posix_ipc.Semaphore(NAMES[1], posix_ipc.O_CREX, initial_value=1)
    mapping = mmap.mmap(memory.fd, SIZE)
    memory.close_fd()
    mapping[:8] = before.to_bytes(8, "little")
    mapping[8:] = os.urandom(SIZE - 8)
    try:
        yield Shared(mapping, semaphore)
    finally:
        for unlink, name in zip(
            (posix_ipc.unlink_shared_memory, posix_ipc.unlink_semaphore), NAMES, strict=True
        ):
            try:
                unlink(name)
            except posix_ipc.ExistentialError:
                pass  # the solution has unlinked it, and was told so


def call(functions: SimpleNamespace, cases: list[Case]) -> list[dict[str, Any]]:
    """Each case in one process, on new memory: what the counter, the rest and the lock are afterwards."""
    return [_call_one(functions, Case(*case)) for case in cases]


def _call_one(functions: SimpleNamespace, case: Case) -> dict[str, Any]:
    with _shared(case.before) as shared:
        rest, raised = shared.rest, None
        try:
            _increment(functions, shared, case.times, case.locked)
        except Exception as error:  # the lock matters then more than ever
            raised = f"{type(error).__name__}: {error}"[:200]
        return {"raised": raised, **_state(shared, rest)}


def _increment(functions: SimpleNamespace, shared: Shared, times: int, locked: bool) -> None:
    if locked:
        functions.increment_with_lock(shared.memory, shared.semaphore, times)
    else:
        functions.increment_without_lock(shared.memory, times)


def _state(shared: Shared, rest: bytes) -> dict[str, Any]:
    """What a call has left; -1 for the value of a semaphore that is closed."""
    try:
        value = int(shared.semaphore.value)
    except posix_ipc.Error:
        value = -1
    closed = shared.memory.closed
    return {
        "counter": None if closed else shared.counter,
        "rest": closed or shared.rest == rest,
        "lock": value,
        "named": os.path.exists(f"/dev/shm/sem.{NAMES[1][1:]}"),
    }


def compete(functions: SimpleNamespace, workers: int, times: int) -> dict[str, Any]:
    """Several processes add under the lock, released together; what came of it."""
    with _shared() as shared, Pipe() as gate:
        rest = shared.rest
        started = [spawn(_compete_one, functions, shared, gate, times) for _ in range(workers)]
        gate.write_end.close()
        statuses = [reap(pid) for pid in started]
        return {"statuses": statuses, **_state(shared, rest)}


def _compete_one(functions: SimpleNamespace, shared: Shared, gate: Pipe, times: int) -> None:
    gate.write_end.close()
    read_until_eof(gate.read_end.fd)
    _increment(functions, shared, times, locked=True)


def wait_for_lock(functions: SimpleNamespace, seconds: float) -> dict[str, Any]:
    """The lock is taken while a worker wants it: what does its waiting cost, and does it wait?"""
    with _shared() as shared, Pipe() as ready:
        rest = shared.rest
        shared.semaphore.acquire()
        worker = spawn(_wait_one, functions, shared, ready)
        ready.write_end.close()
        read_exactly(ready.read_end.fd, 1)
        used, started = _cpu_seconds(worker), time.monotonic()
        ended = _ends_within(worker, seconds)
        share = (_cpu_seconds(worker) - used) / (time.monotonic() - started)
        meanwhile = shared.counter
        shared.semaphore.release()
        return {
            "status": reap(worker),
            "ended": ended,
            "share": share,
            "meanwhile": meanwhile,
            **_state(shared, rest),
        }


def _wait_one(functions: SimpleNamespace, shared: Shared, ready: Pipe) -> None:
    write_all(ready.write_end.fd, b"!")
    _increment(functions, shared, 3, locked=True)


def _ends_within(pid: int, seconds: float) -> bool:
    pidfd = os.pidfd_open(pid)
    try:
        return bool(select.select([pidfd], [], [], seconds)[0])
    finally:
        os.close(pidfd)


def _cpu_seconds(pid: int) -> float:
    """Of one process, read from /proc (man 5 proc_pid_stat: utime, stime)."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
