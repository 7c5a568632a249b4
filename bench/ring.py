"""RingBuffer beside other ways of passing messages: one producer, 1 to 4 consumers, 8 bytes to a mebibyte.

Each measurement forks its processes, waits until all are ready, and takes the time from the first put until
the last consumer has found the end. Every item bears its number, and its bytes depend on its number. What was taken by
all consumers together must be what was put, byte for byte: nothing lost, nothing twice, each consumer in order.

A producer puts what it has just made, so what it puts lies in a cache: items of more than a mebibyte together come
again from the first one on. Small items are kept by their consumer and compared when the time has stopped. Larger ones
are compared in the measured time, a few at once: nobody could keep them without walking through fresh memory all
the time. Both sides do alike.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from itertools import islice
from typing import NamedTuple

from bench.paired import Row, Side, compare_rates
from bench.ring_peers import (
    Connection,
    FasterFifo,
    MultiprocessingQueue,
    RawPipe,
    SimpleQueue,
    Taught,
    Tuned,
    Way,
    opened,
)  # fmt: skip
from ipclab.ipc.pipes import Pipe, read_exactly, read_until_eof, write_all
from ipclab.ipc.processes import reap, spawn

KIB = 1024
NAMES = {8: "8B", 64: "64B", KIB: "1KiB", 4 * KIB: "4KiB", 64 * KIB: "64KiB", KIB * KIB: "1MiB"}
# How many messages a measurement passes on, by their size.
ONE_BY_ONE = {8: 12_000, 64: 12_000, KIB: 10_000, 4 * KIB: 6_000, 64 * KIB: 1_200, KIB * KIB: 60}
BATCHED = {8: 60_000, 64: 60_000, KIB: 30_000, 4 * KIB: 8_000, 64 * KIB: 1_200, KIB * KIB: 60}
BATCH = {KIB * KIB: 10}  # and in all other sizes
BATCH_OF_SMALL = 100
KEPT = 64  # bytes: items up to this size are kept, and compared later
AT_ONCE = 256 * KIB  # bytes of larger ones that are compared together
AT_HAND = 1024 * KIB  # bytes of items that differ from each other
FEWEST = 3  # items that do, so that a part of a neighbour's is seen
NUMBER = 8  # bytes
ROUNDS = 5
READY = b"r"
PATIENCE = 60  # seconds; a process that is not done by then is killed by its alarm


class Peer(NamedTuple):
    """What is measured against: for which numbers of consumers one at a time, and in batches."""

    name: str
    way: type[Way]
    one_by_one: Sequence[int]
    batched: Sequence[int]
    sizes: Sequence[int] = tuple(NAMES)


PEERS = (
    Peer("faster-fifo", FasterFifo, (1, 2, 4), (1, 2, 4)),
    Peer("multiprocessing.Queue", MultiprocessingQueue, (1, 2, 4), ()),
    Peer("mp.Queue, lists of items", MultiprocessingQueue, (), (1,)),
    Peer("ours, as taught", Taught, (1, 2), ()),
    Peer("SimpleQueue", SimpleQueue, (1, 2), (), (64, 4 * KIB, 64 * KIB)),
    Peer("multiprocessing.Pipe", Connection, (1,), ()),
    Peer("os.pipe", RawPipe, (1,), (1,)),
)


def rows() -> Iterator[Row]:
    peers = [peer for peer in PEERS if _present(peer)]
    for size in NAMES:
        one_by_one = _items(size, ONE_BY_ONE[size])
        batched, batch = _items(size, BATCHED[size]), BATCH.get(size, BATCH_OF_SMALL)
        for peer in peers:
            if size in peer.sizes:
                yield from (_row(peer, Task(one_by_one, each, 1)) for each in peer.one_by_one)
                yield from (_row(peer, Task(batched, each, batch)) for each in peer.batched)


def _present(peer: Peer) -> bool:
    if peer.way is not FasterFifo or find_spec("faster_fifo"):
        return True
    print(
        "ring: faster-fifo is not installed, its rows are left out; make bench installs it",
        file=sys.stderr,
    )
    return False


def _items(size: int, count: int) -> list[bytes]:
    different = min(count, max(FEWEST, AT_HAND // size))
    items = [
        number.to_bytes(NUMBER, "little") + bytes([65 + number % 26]) * (size - NUMBER)
        for number in range(different)
    ]
    return [items[number % different] for number in range(count)]


@dataclass(frozen=True)
class Task:
    """What one measurement passes on, and to how many."""

    items: list[bytes]
    consumers: int
    batch: int

    @property
    def size(self) -> int:
        return len(self.items[0])

    @cached_property
    def numbers(self) -> list[int]:
        """What the items bear, in the order in which they are put."""
        return [int.from_bytes(item[:NUMBER], "little") for item in self.items]

    @property
    def name(self) -> str:
        how = f"batch{self.batch}" if self.batch > 1 else "one"
        several = f"/{self.consumers}c" if self.consumers > 1 else ""
        return f"ring/{NAMES[self.size]}/{how}{several}"


def _row(peer: Peer, task: Task) -> Row:
    def check(taken: list[array[int]]) -> None:
        if sorted(number for each in taken for number in each) != sorted(task.numbers):
            raise AssertionError(f"{task.name}: items are lost or were taken twice")
        if not all(_is_part(each, task.numbers) for each in taken):
            raise AssertionError(f"{task.name}: a consumer got items out of order")

    ours = Side("RingBuffer", lambda: measure(Tuned, task), check)
    theirs = Side(peer.name, lambda: measure(peer.way, task), check)
    return compare_rates(task.name, "msg/s", ours, theirs, rounds=ROUNDS)


def _is_part(some: Iterable[int], numbers: Iterable[int]) -> bool:
    """Do `some` of the numbers stand in their order?"""
    rest = iter(numbers)
    return all(number in rest for number in some)


def measure(way: type[Way], task: Task) -> tuple[float, list[array[int]]]:
    """Messages a second, and the numbers that each consumer took."""
    reports, pids = [Pipe() for _ in range(task.consumers)], []
    with opened(way, task.size, task.consumers, task.batch) as one, Pipe() as started, Pipe() as go:
        try:
            for report in reports:
                pids.append(spawn(_consume, one, task, report))
                report.write_end.close()  # before the next fork: only its consumer may hold it
            pids.append(spawn(_produce, one, task, started, go))
            started.write_end.close()
            for end in (*reports, started):
                read_exactly(end.read_end.fd, len(READY))
            start = time.perf_counter()
            write_all(go.write_end.fd, READY)
            taken = [_report(report) for report in reports]
        except EOFError:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            raise AssertionError(f"{task.name}, {way.__name__}: a process died") from None
        finally:
            for pid in pids:
                reap(pid)
            for report in reports:
                report.read_end.close()
    return len(task.items) / (max(end for end, _ in taken) - start), [each for _, each in taken]


def _report(report: Pipe) -> tuple[float, array[int]]:
    """When a consumer found the end, and the numbers that it took."""
    end = array("d", read_exactly(report.read_end.fd, 8))[0]
    return end, array("Q", read_until_eof(report.read_end.fd))


def _produce(way: Way, task: Task, started: Pipe, go: Pipe) -> None:
    signal.alarm(PATIENCE)
    put_all = way.putting(task.items)
    write_all(started.write_end.fd, READY)
    read_exactly(go.read_end.fd, len(READY))
    put_all()


def _consume(way: Way, task: Task, report: Pipe) -> None:
    signal.alarm(PATIENCE)
    last = _room_for(task)
    taken = way.take()
    write_all(report.write_end.fd, READY)
    if task.size <= KEPT:
        items = list(taken)
        end = time.perf_counter()  # one clock for all processes: man 2 clock_gettime
        numbers = _compared(items, task)
    else:
        numbers = array("Q")
        while items := list(islice(taken, AT_ONCE // task.size or 1)):
            numbers.extend(_compared(items, task))
        end = time.perf_counter()
    write_all(report.write_end.fd, array("d", [end]).tobytes() + numbers.tobytes())
    del last


def _compared(items: list[bytes], task: Task) -> array[int]:
    """The items' numbers. Raises when an item is not what was put under its number."""
    numbers = array("Q", b"".join([item[:NUMBER] for item in items]))
    if items != [task.items[number] for number in numbers]:
        raise AssertionError("an item's bytes are wrong")
    return numbers


def _room_for(task: Task) -> bytes:
    """Ask the kernel for the memory of all items that are kept before the time begins.

    The allocator gives none of it back as long as something stands behind it: what this returns.
    """
    kept = len(task.items) if task.size <= KEPT else AT_ONCE // task.size
    room = [b"-" * task.size for _ in range(kept)]
    last = b"-" * task.size
    del room
    return last
