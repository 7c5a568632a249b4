"""What does a lock cost, and what becomes of it when its holder is killed? Two kinds of lock.

Measurements of notebook 7: processes in, plain data out. man 7 sem_overview; man 2 fcntl, "Advisory
record locking".
"""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import signal
import struct
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

import posix_ipc

from ipclab.ipc.counting import COUNTER, increment_with_lock, increment_without_lock
from ipclab.ipc.pipes import Pipe, read_until_eof, write_all
from ipclab.ipc.processes import reap, spawn

NAME = "/ipclab-lock"  # in the run's own /dev/shm
SIZE = mmap.PAGESIZE

Lock = AbstractContextManager[object]


@contextlib.contextmanager
def semaphore() -> Iterator[posix_ipc.Semaphore]:
    """A lock that is free: a semaphore with the value 1."""
    lock = posix_ipc.Semaphore(NAME, posix_ipc.O_CREX, initial_value=1)
    try:
        yield lock
    finally:
        lock.unlink()
        lock.close()


class FileLock:
    """A record lock on a whole file. The kernel knows its holder. man 2 fcntl, "Advisory record locking"."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def __enter__(self) -> None:
        fcntl.lockf(self.fd, fcntl.LOCK_EX)

    def __exit__(self, *exception: object) -> None:
        fcntl.lockf(self.fd, fcntl.LOCK_UN)


@contextlib.contextmanager
def file_lock() -> Iterator[FileLock]:
    with tempfile.TemporaryFile(dir="/dev/shm") as file:  # no disk, no network
        yield FileLock(file.fileno())


LOCKS: dict[str, Callable[[], AbstractContextManager[Lock | None]]] = {
    "no lock": contextlib.nullcontext,
    "semaphore": semaphore,
    "file lock": file_lock,
}


def together(processes: int, function: Callable[..., object], *args: object) -> None:
    """Let several processes call `function(*args)`, released at the same time; reap them all.

    Raises RuntimeError when one of them failed.
    """
    with Pipe() as gate:
        workers = [spawn(_after_gate, gate, function, args) for _ in range(processes)]
        gate.write_end.close()
        statuses = [reap(pid) for pid in workers]
    if any(statuses):
        raise RuntimeError(f"workers ended with {statuses}: their traceback is above")


def _after_gate(gate: Pipe, function: Callable[..., object], args: Sequence[object]) -> None:
    gate.write_end.close()
    read_until_eof(gate.read_end.fd)
    function(*args)


def rounds(least: int, seconds: float) -> Iterator[int]:
    """1, 2, … until the seconds are over; at least so many, which takes longer on a busy machine."""
    enough, number = time.monotonic() + seconds, 0
    while number < least or time.monotonic() < enough:
        number += 1
        yield number


def prices(times: int, least: int, seconds: float) -> list[tuple[int, str, list[float], int]]:
    """Seconds for one increment, in rounds that visit each way once.

    Returns (processes, lock, one figure a round, rounds with a wrong sum).
    """
    found: dict[tuple[int, str], list[float]] = {
        (workers, name): [] for workers in (1, 2) for name in LOCKS
    }
    wrong = dict.fromkeys(found, 0)
    for _ in rounds(least, seconds):
        for (workers, name), figures in found.items():
            with LOCKS[name]() as lock:
                took, counter = _timed(workers, lock, times)
            figures.append(took / (workers * times))
            wrong[workers, name] += counter != workers * times
    return [(*way, figures, wrong[way]) for way, figures in found.items()]


def _timed(workers: int, lock: Lock | None, times: int) -> tuple[float, int]:
    """Seconds from the first worker's start to the last one's end, and the counter then."""
    memory = mmap.mmap(-1, SIZE)
    with Pipe() as clock:
        together(workers, _count_by_the_clock, memory, lock, times, clock)
        clock.write_end.close()
        stamps = struct.iter_unpack("<dd", read_until_eof(clock.read_end.fd))
    starts, ends = zip(*stamps, strict=True)
    return max(ends) - min(starts), COUNTER.unpack_from(memory)[0]


def _count_by_the_clock(memory: mmap.mmap, lock: Lock | None, times: int, clock: Pipe) -> None:
    start = time.monotonic()  # one clock for all processes of the machine
    if lock is None:
        increment_without_lock(memory, times)
    else:
        increment_with_lock(memory, lock, times)
    write_all(clock.write_end.fd, struct.pack("<dd", start, time.monotonic()))


def killed_in_the_lock(name: str, others: int) -> list[int]:
    """A worker is killed while it holds the lock; then others want it. Returns their exit statuses."""
    with LOCKS[name]() as lock:
        assert lock, "to be killed in a lock, there must be one"
        victim = spawn(_die_inside, lock)
        reap(victim)
        waiting = [spawn(_go_through, lock) for _ in range(others)]
        return [reap(pid) for pid in waiting]


def _die_inside(lock: Lock) -> None:
    with lock:
        os.kill(os.getpid(), signal.SIGKILL)


def _go_through(lock: Lock) -> None:
    with lock:
        pass
