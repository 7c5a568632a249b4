"""What happens in ring buffers of real processes? Measurements of notebook 11: processes in, plain data out.

Times are seconds of CLOCK_MONOTONIC, which all processes of a machine share. man 2 clock_gettime.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import mmap
import resource
import struct
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ipclab.experiments.ring_buffer_ways import (
    ITEM_SIZE,
    NAME,
    WAYS,
    Busy,
    Counted,
    Polling,
    TakeAll,
    Way,
    buffer,
)  # fmt: skip
from ipclab.ipc import names
from ipclab.ipc.pipes import Pipe, read_exactly, read_until_eof, write_all
from ipclab.ipc.processes import reap, spawn
from ipclab.ipc.ring_buffer import RingBuffer, taught

NUMBERED = struct.Struct("<Q")
PATIENT: dict[str, Any] = {
    "looks all the time": Busy, "a look every ms": Polling, "semaphores": Counted, "tuned": RingBuffer,
}  # fmt: skip
BOTH: dict[str, Any] = {"taught": taught.RingBuffer, "tuned": RingBuffer}
READY = b"r"


@contextlib.contextmanager
def opened(kind: Any, capacity: int, item_size: int = ITEM_SIZE) -> Iterator[Any]:
    """A new buffer, closed and unlinked at the end of the block."""
    with contextlib.closing(kind.create(NAME, capacity, item_size)) as ring:
        try:
            yield ring
        finally:
            ring.unlink()


def bytes_of_a_buffer(capacity: int, item_size: int, items: list[bytes], taken: int) -> bytes:
    """All bytes of a taught buffer after `items` were put and the first ones taken."""
    with opened(taught.RingBuffer, capacity, item_size) as ring:
        for number, item in enumerate(items):
            ring.put(item)
            if number < taken:
                ring.get()
        with open(names.memory_path(NAME), "rb") as file:
            return file.read()


def waits(rounds: int, seconds: float) -> list[tuple[str, list[list[float]]]]:
    """For each way to wait and each round: looks, sleeps, CPU seconds of a `get`, and seconds from put to its return.

    The item comes after `seconds`.
    """
    found: dict[str, list[list[float]]] = {name: [] for name in PATIENT}
    for _ in range(rounds):
        for name, kind in PATIENT.items():
            found[name].append(_wait(kind, seconds))
    return list(found.items())


def _wait(kind: Any, seconds: float) -> list[float]:
    with opened(kind, 4) as ring, Pipe() as report:
        ring.put(b"first")
        child = spawn(_wait_for_one, kind, report)
        read_exactly(report.read_end.fd, 1)
        time.sleep(seconds)  # the wait that is measured
        put = time.monotonic()
        ring.put(b"item")
        report.write_end.close()
        *effort, got = json.loads(read_until_eof(report.read_end.fd))
        reap(child)
    return [*effort, got - put]


def _wait_for_one(kind: Any, report: Pipe) -> None:
    ring = kind.attach(NAME)
    ring.get()  # its first call of all is dearer than others
    ring.looks = 0
    write_all(report.write_end.fd, READY)
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.process_time()
    ring.get()
    now, used = time.monotonic(), time.process_time() - started
    sleeps = resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw - before.ru_nvcsw
    effort = [ring.looks, sleeps, used, now]
    write_all(report.write_end.fd, json.dumps(effort).encode())


def numbered(count: int) -> list[bytes]:
    """Messages that tell their number."""
    return [NUMBERED.pack(number).ljust(ITEM_SIZE, b"-") for number in range(count)]


def rates(counts: dict[str, int], rounds: int, yours: Any = None) -> list[tuple[str, list[float]]]:
    """Messages a second by way, one figure a round; each round visits every way once."""
    ways: dict[str, Way] = {**WAYS, "yours": partial(buffer, yours)}
    found: dict[str, list[float]] = {name: [] for name in counts}
    for _ in range(rounds):
        for name, count in counts.items():
            found[name].append(_rate(ways[name], numbered(count)))
    return list(found.items())


def _rate(way: Way, items: list[bytes]) -> float:
    with way() as (producer_end, consumer_end), Pipe() as report:
        child = spawn(_take, consumer_end, items, report)
        put_all = producer_end()
        read_exactly(report.read_end.fd, 1)
        start = time.monotonic()
        put_all(items)
        report.write_end.close()
        text = read_until_eof(report.read_end.fd)
        if reap(child) or not text:
            raise RuntimeError("an item was lost, doubled or changed, or the consumer died")
    end: float = json.loads(text)
    return len(items) / (end - start)


def _take(consumer_end: Callable[[], TakeAll], items: list[bytes], report: Pipe) -> None:
    take_all = consumer_end()
    write_all(report.write_end.fd, READY)
    taken = take_all()
    end = time.monotonic()
    assert taken == items, "every item, once, in order"
    write_all(report.write_end.fd, json.dumps(end).encode())


def fill_levels(
    capacity: int, count: int, producer_rests: float, consumer_rests: float
) -> list[tuple[float, int]]:
    """How many items are in the buffer after each put and each get: (seconds since the first, items).

    Both rest between two items, so many seconds: it stands for the work that they would do.
    """
    levels = []
    with opened(Counted, capacity) as ring, Pipe() as report:
        child = spawn(_get_at_ease, consumer_rests, report)
        read_exactly(report.read_end.fd, 1)
        for _ in range(count):
            ring.put(b"item")
            levels.append((time.monotonic(), ring.level))
            time.sleep(producer_rests)
        ring.finish()
        report.write_end.close()
        levels += json.loads(read_until_eof(report.read_end.fd))
        reap(child)
    levels = sorted(map(tuple, levels))
    return [(when - levels[0][0], level) for when, level in levels]


def _get_at_ease(rest: float, report: Pipe) -> None:
    levels = []
    ring: Any = Counted.attach(NAME)
    write_all(report.write_end.fd, READY)
    while ring.get() is not None:
        levels.append((time.monotonic(), ring.level))
        time.sleep(rest)
    write_all(report.write_end.fd, json.dumps(levels).encode())


def shares(consumers: int, count: int, rounds: int) -> list[tuple[str, list[list[int]]]]:
    """How many items each consumer got, for both buffers, one list a round. Raises if one was lost or doubled."""
    found: dict[str, list[list[int]]] = {name: [] for name in BOTH}
    for _ in range(rounds):
        for name, kind in BOTH.items():
            found[name].append(_share(kind, consumers, numbered(count)))
    return list(found.items())


def _share(kind: Any, consumers: int, items: list[bytes]) -> list[int]:
    with opened(kind, 64) as ring:
        reports = [Pipe() for _ in range(consumers)]
        pids = []
        for report in reports:
            pids.append(spawn(_take_a_share, kind, report))
            report.write_end.close()
        for report in reports:
            read_exactly(report.read_end.fd, 1)
        for item in items:
            ring.put(item)
        ring.finish()
        taken = [_numbers(read_until_eof(report.read_end.fd)) for report in reports]
        for pid, report in zip(pids, reports, strict=True):
            reap(pid)
            report.read_end.close()
    assert all(each == sorted(each) for each in taken), "each consumer's items come in order"
    assert sorted(itertools.chain(*taken)) == list(range(len(items))), "each item, once"
    return [len(each) for each in taken]


def _take_a_share(kind: Any, report: Pipe) -> None:
    ring = kind.attach(NAME)
    write_all(report.write_end.fd, READY)
    write_all(report.write_end.fd, b"".join(iter(ring.get, None)))


def _numbers(data: bytes) -> list[int]:
    """The numbers of messages that stand in a row."""
    return [NUMBERED.unpack_from(data, at)[0] for at in range(0, len(data), ITEM_SIZE)]


def storing(sizes: list[int], batch: int, rounds: int) -> list[tuple[int, str, list[float]]]:
    """CPU seconds to store a batch, joined first or item by item: (size of an item, how, one figure a round)."""
    found: dict[tuple[int, str], list[float]] = {}
    memory = mmap.mmap(-1, batch * max(sizes))
    memory[:] = bytes(len(memory))  # all pages are there before the first measurement
    for _ in range(rounds):
        for size in sizes:
            items = [bytes([number]) * size for number in range(batch)]
            times = max(1, 200_000 // (size * batch))
            for how, store in (("joined", _store_joined), ("one by one", _store_one_by_one)):
                start = time.thread_time()
                for _ in range(times):
                    store(memory, items)
                used = (time.thread_time() - start) / times
                found.setdefault((size, how), []).append(used)
                assert memory[: size * batch] == b"".join(items), "both store the same"
    return [(*way, figures) for way, figures in found.items()]


def _store_joined(memory: mmap.mmap, items: list[bytes]) -> None:
    data = b"".join(items)
    memory[: len(data)] = data


def _store_one_by_one(memory: mmap.mmap, items: list[bytes]) -> None:
    start = 0
    for item in items:
        end = start + len(item)
        memory[start:end] = item
        start = end
