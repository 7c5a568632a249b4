"""How long does a message take, and how many bytes a second pass? Four mechanisms, one harness.

Two processes and two one-way channels between them, of one kind at a time. A message is sent there
and comes back; or many are sent, and the last one is answered. Times are seconds of
CLOCK_MONOTONIC.
"""

from __future__ import annotations

import mmap
import os
import socket
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import posix_ipc

from ipclab.ipc.pipes import Pipe, read_exactly, write_all
from ipclab.ipc.processes import reap, spawn

SPINS = 50  # looks at the semaphore's value before going to sleep
SLOTS, LARGEST = 8, 1 << 20  # messages that fit into one shared-memory channel, and their bytes


class Channel(ABC):
    """One way, from one process to another. Made before the fork, used by both sides."""

    @abstractmethod
    def send(self, message: bytes) -> None: ...

    @abstractmethod
    def receive(self, size: int) -> bytes: ...


class Descriptors(Channel):
    """A pipe, a FIFO or a socket: whatever has a descriptor at each end."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self.read_fd, self.write_fd = read_fd, write_fd

    def send(self, message: bytes) -> None:
        write_all(self.write_fd, message)

    def receive(self, size: int) -> bytes:
        return read_exactly(self.read_fd, size)


class Memory(Channel):
    """Slots in shared memory, and two semaphores that count the free and the full ones."""

    def __init__(
        self, memory: mmap.mmap, free: posix_ipc.Semaphore, full: posix_ipc.Semaphore, spins: int
    ) -> None:
        self.memory, self.free, self.full, self.spins = memory, free, full, spins
        self.slot_size = len(memory) // SLOTS
        self.sent = self.received = 0

    def send(self, message: bytes) -> None:
        self._take(self.free)
        at = self.sent % SLOTS * self.slot_size
        self.memory[at : at + len(message)] = message
        self.sent += 1
        self.full.release()

    def receive(self, size: int) -> bytes:
        self._take(self.full)
        at = self.received % SLOTS * self.slot_size
        message = self.memory[at : at + size]
        self.received += 1
        self.free.release()
        return message

    def _take(self, semaphore: posix_ipc.Semaphore) -> None:
        for _ in range(self.spins):
            if semaphore.value:
                break
        semaphore.acquire()


@contextmanager
def pipes() -> Iterator[tuple[Channel, Channel]]:
    with Pipe() as there, Pipe() as back:
        yield (
            Descriptors(there.read_end.fd, there.write_end.fd),
            Descriptors(back.read_end.fd, back.write_end.fd),
        )


@contextmanager
def fifos() -> Iterator[tuple[Channel, Channel]]:
    with tempfile.TemporaryDirectory() as folder:
        channels, opened = [], []
        for name in ("there", "back"):
            path = os.path.join(folder, name)
            os.mkfifo(path, 0o600)
            # Opened for both, as Linux allows, an open does not wait for the other side.
            keeper = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            ends = [os.open(path, flag | os.O_CLOEXEC) for flag in (os.O_RDONLY, os.O_WRONLY)]
            os.close(keeper)
            channels.append(Descriptors(*ends))
            opened += ends
        try:
            yield channels[0], channels[1]
        finally:
            for fd in opened:
                os.close(fd)


@contextmanager
def sockets() -> Iterator[tuple[Channel, Channel]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with ours, theirs:
        yield (
            Descriptors(theirs.fileno(), ours.fileno()),
            Descriptors(ours.fileno(), theirs.fileno()),
        )


@contextmanager
def shared_memory(spins: int = 0) -> Iterator[tuple[Channel, Channel]]:
    names = [f"/ipclab-{number}" for number in range(4)]
    free, full, free_back, full_back = semaphores = [
        posix_ipc.Semaphore(name, posix_ipc.O_CREX, initial_value=value)
        for name, value in zip(names, (SLOTS, 0, SLOTS, 0), strict=True)
    ]
    try:
        yield (
            Memory(mmap.mmap(-1, SLOTS * LARGEST), free, full, spins),
            Memory(mmap.mmap(-1, SLOTS * LARGEST), free_back, full_back, spins),
        )
    finally:
        for semaphore in semaphores:
            semaphore.unlink()
            semaphore.close()


@contextmanager
def shared_memory_with_spins() -> Iterator[tuple[Channel, Channel]]:
    with shared_memory(SPINS) as channels:
        yield channels


Pair = Callable[[], AbstractContextManager[tuple[Channel, Channel]]]
MECHANISMS: dict[str, Pair] = {
    "pipe": pipes,
    "FIFO": fifos,
    "Unix socket": sockets,
    "shared memory": shared_memory,
    "shared memory, spinning": shared_memory_with_spins,
}
MORE, LAST = b"+", b"."  # the first byte of a message says whether another one follows


Measured = list[tuple[str, int, list[float]]]  # (mechanism, size, figures)


def in_rounds(
    trial: Callable[[Pair, int], list[float]], names: list[str], sizes: list[int], rounds: int
) -> Measured:
    """What `trial` found for each mechanism and size. Every round visits all of them, so that a
    disturbance of the machine falls on all alike."""
    measured: dict[tuple[str, int], list[float]] = {(n, size): [] for size in sizes for n in names}
    for _ in range(rounds):
        for (name, size), found in measured.items():
            found += trial(MECHANISMS[name], size)
    return [(name, size, found) for (name, size), found in measured.items()]


def latencies(names: list[str], sizes: list[int], seconds: float, rounds: int) -> Measured:
    """Seconds one way, round trip by round trip."""
    return in_rounds(lambda pair, size: latency(pair, size, seconds), names, sizes, rounds)


def latency(pair: Pair, size: int, seconds: float, core: int | None = None) -> list[float]:
    """Half of each round trip of a message of `size` bytes; `core`: where the other process runs."""
    with pair() as (there, back):
        child = spawn(_echo, there, back, size, core)
        times = []
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until:
            there.send(MORE * size)
            back.receive(size)
            times.append((time.monotonic() - now) / 2)
        there.send(LAST * size)
        back.receive(size)
        _must_succeed(child)
        return times[min(5, len(times) - 1) :]  # the first ones find everything cold


def _echo(there: Channel, back: Channel, size: int, core: int | None) -> None:
    if core is not None:
        os.sched_setaffinity(0, [core])
    while True:
        message = there.receive(size)
        back.send(message)
        if message[:1] == LAST:
            return


def rates(names: list[str], sizes: list[int], seconds: float, rounds: int) -> Measured:
    """Bytes a second, one figure for each round."""
    return in_rounds(lambda pair, size: [rate(pair, size, seconds)], names, sizes, rounds)


def rate(pair: Pair, size: int, seconds: float) -> float:
    """Bytes a second from one process to another, until the last one was received."""
    with pair() as (there, back):
        child = spawn(_drain, there, back, size)
        burst = range(min(64, max(1, (1 << 16) // size)))
        message, sent = MORE * size, 0
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            for _ in burst:
                there.send(message)
            sent += len(burst) * size
        there.send(LAST * size)
        back.receive(1)
        elapsed = time.monotonic() - began
        _must_succeed(child)
        return (sent + size) / elapsed


def _drain(there: Channel, back: Channel, size: int) -> None:
    while there.receive(size)[:1] != LAST:
        pass
    back.send(LAST)


def on_cores(ours: int, theirs: int, names: list[str], seconds: float, rounds: int) -> Measured:
    """Seconds one way for one byte, where the two processes are bound to these processors."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, [ours])
    try:
        return in_rounds(
            lambda pair, size: latency(pair, size, seconds, theirs), names, [1], rounds
        )
    finally:
        os.sched_setaffinity(0, before)


def copy_time(size: int) -> float:
    """Seconds to copy `size` bytes into shared memory and out again: the shortest of many."""
    memory, message = mmap.mmap(-1, size), bytes(size)
    shortest = float("inf")
    for _ in range(200):
        began = time.perf_counter()
        memory[:] = message
        memory[:]
        shortest = min(shortest, time.perf_counter() - began)
    return shortest


def _must_succeed(pid: int) -> None:
    if status := reap(pid):
        raise RuntimeError(f"the other process ended with status {status}")
