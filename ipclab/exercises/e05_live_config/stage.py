"""What does a check put a solution on? Memory with a configuration in it, a lock, and a clock of its own."""

from __future__ import annotations

import mmap
import os
import select
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import posix_ipc

from ipclab.webserver import CONFIG, Config

LOCK = "/ipclab-lock"  # in the run's own /dev/shm
ROUND = 0.004  # seconds between two looks of the clock below


class Shared(NamedTuple):
    """What publishers and watchers share."""

    memory: mmap.mmap
    lock: posix_ipc.Semaphore

    @property
    def rest(self) -> bytes:
        """The bytes behind the configuration, which belong to somebody else."""
        return self.memory[CONFIG.size :]


@contextmanager
def shared(config: Config, size: int = CONFIG.size) -> Iterator[Shared]:
    """Memory of `size` bytes that begins with `config`, somebody else's bytes behind it, and a free lock.

    Children share both. The memory has no name and no descriptor: whoever keeps a view of it leaks neither.
    """
    lock = posix_ipc.Semaphore(LOCK, posix_ipc.O_CREX, initial_value=1)
    mapping = mmap.mmap(-1, size)
    mapping[: CONFIG.size] = CONFIG.pack(*config)
    mapping[CONFIG.size :] = os.urandom(size - CONFIG.size)
    try:
        yield Shared(mapping, lock)
    finally:
        try:
            posix_ipc.unlink_semaphore(LOCK)
        except posix_ipc.ExistentialError:
            pass  # the solution has unlinked it, and is told so


def state(shared: Shared, rest: bytes) -> dict[str, Any]:
    """What a call has left; -1 for the value of a lock that is closed."""
    try:
        value = int(shared.lock.value)
    except posix_ipc.Error:
        value = -1
    closed = shared.memory.closed
    return {
        "memory": None if closed else shared.memory[: CONFIG.size],
        "rest": closed or shared.rest == rest,
        "lock": value,
        "named": os.path.exists(f"/dev/shm/sem.{LOCK[1:]}"),
    }


def plain(config: Any) -> list[Any] | str:
    """A configuration as a list of its fields, or what it is instead."""
    try:
        fields = [config.version, config.verbosity, config.max_connections, config.greeting]
    except AttributeError:
        return f"{config!r:.150}, which is a {type(config).__name__} and no Config"
    if [type(each) for each in fields] != [int, int, int, bytes]:
        return f"{config!r:.150}"
    return fields


class Clock:
    """Time as a process has it that wants to run every few milliseconds.

    What the machine withholds from this process it withholds from others: it does not count.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.worst = 0.0  # by how many seconds a round was too long

    def wait(self, ends: Sequence[int]) -> list[int]:
        """Those of the read ends that can be read, or [] after a round."""
        before = time.monotonic()
        ready = select.select(ends, [], [], ROUND)[0]
        took = time.monotonic() - before
        self.now += min(took, 2 * ROUND)
        self.worst = max(self.worst, took - ROUND)
        return ready

    def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Does it come true within so many seconds of this clock? Looked at every round."""
        end = self.now + seconds
        while not condition():
            if self.now >= end:
                return False
            self.wait([])
        return True


def has_ended(pid: int) -> bool:
    """Of a child that is still to be reaped: does it run no more? (man 2 waitid)"""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
