"""How long until every worker has the new configuration, and what does waiting for it cost?

Measurements of notebook 5: processes in, plain data out. man 3 sem_post, man 2 sigwaitinfo.
"""

from __future__ import annotations

import mmap
import os
import random
import signal
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from ipclab.ipc.names import new_run, object_name
from ipclab.ipc.pipes import Pipe, read_exactly, write_all
from ipclab.ipc.processes import reap, spawn
from ipclab.ipc.semaphores import Semaphore, new_semaphore
from ipclab.sandbox.effort import Effort
from ipclab.webserver import CONFIG, Config
from ipclab.webserver.live import LOOK_EVERY, publish, snapshot

NOTE = struct.Struct("<Qddd")
END = (1 << 64) - 1  # the version after which a worker ends
PATIENCE = 10.0  # seconds
WAKE = signal.SIGUSR1
GREETINGS = (b"a" * 64, b"b" * 64)


class Note(NamedTuple):
    """What a worker notes when it has a new configuration."""

    time: int  # nanoseconds of CLOCK_MONOTONIC
    at: float  # and what it has done so far: see Effort
    running: float
    kept_waiting: float


class Place:
    """What all share: the configuration and its lock, a bell for each worker, and where it notes the time."""

    def __init__(self, stack: ExitStack, workers: int) -> None:
        run = new_run()
        self.memory = stack.enter_context(mmap.mmap(-1, mmap.PAGESIZE))
        self.noted = stack.enter_context(mmap.mmap(-1, mmap.PAGESIZE))
        self.lock = stack.enter_context(new_semaphore(object_name(run, "lock")))
        self.done = stack.enter_context(Pipe())
        self.bells = [
            stack.enter_context(new_semaphore(object_name(run, f"bell{number}"), value=0))
            for number in range(workers)
        ]
        self.pids: list[int] = []

    def publish(self, version: int) -> int:
        """Returns when, in nanoseconds of CLOCK_MONOTONIC."""
        config = Config(version, version % 4, 100, GREETINGS[version % 2])
        now = time.monotonic_ns()
        publish(self.memory, self.lock, config)
        return now

    def version(self) -> int:
        return int.from_bytes(self.memory[:8], "little")  # one word: it is never torn


def _sleeps(place: Place, bell: Semaphore, version: int) -> None:
    while place.version() == version:
        time.sleep(LOOK_EVERY)


def _waits_for_semaphore(place: Place, bell: Semaphore, version: int) -> None:
    bell.acquire()


def _waits_for_signal(place: Place, bell: Semaphore, version: int) -> None:
    signal.sigwaitinfo({WAKE})


def _spins(place: Place, bell: Semaphore, version: int) -> None:
    while place.version() == version:
        pass


def _nothing(place: Place) -> None:
    pass


def _ring(place: Place) -> None:
    for bell in place.bells:
        bell.release()


def _kill(place: Place) -> None:
    for pid in place.pids:
        os.kill(pid, WAKE)


# How a worker waits, and what the publisher does after it has published.
WAYS: dict[str, tuple[Callable[[Place, Semaphore, int], None], Callable[[Place], None]]] = {
    "looks every ms": (_sleeps, _nothing),
    "semaphore": (_waits_for_semaphore, _ring),
    "signal": (_waits_for_signal, _kill),
    "spins": (_spins, _nothing),
}


def take_up(workers: int, rounds: int, quiet: float) -> list[tuple[str, list[int], list[float]]]:
    """For each way of waiting: nanoseconds until all workers had the configuration, by round, and the share of
    a processor that each worker took for `quiet` seconds in which nothing was published."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {WAKE})  # children inherit it: none is lost
    try:
        return [(way, *_take_up(way, workers, rounds, quiet)) for way in WAYS]
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _take_up(way: str, workers: int, rounds: int, quiet: float) -> tuple[list[int], list[float]]:
    draw = random.Random(way)
    delays = []
    with _working(way, workers) as place:
        for version in range(2, rounds + 2):
            # At any moment of a sleeper's millisecond, and when all of them wait again.
            time.sleep(0.001 + draw.random() * LOOK_EVERY)
            published, notes = _round(way, place, version)
            delays.append(max(note.time for note in notes) - published)
        time.sleep(quiet)
        _, later = _round(way, place, rounds + 2)
    return delays, [
        Effort(*first[1:]).share(Effort(*last[1:]))
        for first, last in zip(notes, later, strict=True)
    ]


def _round(way: str, place: Place, version: int) -> tuple[int, list[Note]]:
    """Publish, and wait until all workers have it: when that was, and what they have noted."""
    published = place.publish(version)
    WAYS[way][1](place)
    read_exactly(place.done.read_end.fd, len(place.pids))
    notes = place.noted[: len(place.pids) * NOTE.size]
    return published, [Note(*fields) for fields in NOTE.iter_unpack(notes)]


@contextmanager
def _working(way: str, workers: int) -> Iterator[Place]:
    """Workers that wait in one way, for the length of a block."""
    with ExitStack() as stack:
        place = Place(stack, workers)
        place.publish(1)
        place.pids = [spawn(_work, way, place, number) for number in range(workers)]
        read_exactly(place.done.read_end.fd, workers)
        try:
            yield place
        finally:
            place.publish(END)
            WAYS[way][1](place)
            statuses = [reap(pid) for pid in place.pids]
    if any(statuses):
        raise RuntimeError(f"workers ended with {statuses}: their traceback is above")


def _work(way: str, place: Place, number: int) -> None:
    wait = WAYS[way][0]
    version = place.version()
    write_all(place.done.write_end.fd, b".")
    while version != END:
        wait(place, place.bells[number], version)
        version = snapshot(place.memory, place.lock).version
        now = time.monotonic_ns()
        start = number * NOTE.size
        place.noted[start : start + NOTE.size] = NOTE.pack(now, *Effort.of_this_thread())
        write_all(place.done.write_end.fd, b".")


def torn_looks(seconds: float) -> list[tuple[str, int, int, tuple[object, ...] | None]]:
    """Somebody publishes two configurations in turn, somebody looks, both as fast as they can, in three ways.

    For each way: how many looks, how many of them at a mixture, and an example of those.
    """
    return [(way, *_torn_looks(way, seconds)) for way in STORES]


def _by_field(place: Place, config: Config) -> None:
    for start, form, value in zip((0, 8, 12, 16), ("<Q", "<I", "<I", "64s"), config, strict=True):
        data = struct.pack(form, value)
        place.memory[start : start + len(data)] = data


def _in_one_line(place: Place, config: Config) -> None:
    place.memory[: CONFIG.size] = CONFIG.pack(*config)


def _under_the_lock(place: Place, config: Config) -> None:
    publish(place.memory, place.lock, config)


def _copy(place: Place) -> Config:
    return Config._make(CONFIG.unpack(place.memory[: CONFIG.size]))


def _copy_under_the_lock(place: Place) -> Config:
    return snapshot(place.memory, place.lock)


STORES = {
    "field by field": (_by_field, _copy),
    "all in one line": (_in_one_line, _copy),
    "under the lock": (_under_the_lock, _copy_under_the_lock),
}


def _torn_looks(way: str, seconds: float) -> tuple[int, int, tuple[object, ...] | None]:
    store, look = STORES[way]
    configs = [Config(n, n, 100 * n, bytes([96 + n]) * 64) for n in (1, 2)]
    with ExitStack() as stack:
        place = Place(stack, workers=0)
        store(place, configs[0])
        publisher = spawn(_publish_until_told, way, place, configs)
        looks, mixed = 0, list[Config]()
        start = time.monotonic()
        while (took := time.monotonic() - start) < seconds or _is_due(way, mixed, took):
            looks += 1
            seen = look(place)
            if seen not in configs:
                mixed.append(seen)
        place.noted[0] = 1
        status = reap(publisher)
    if status:
        raise RuntimeError(f"the publisher ended with {status}: its traceback is above")
    return looks, len(mixed), tuple(mixed[0]) if mixed else None


def _is_due(way: str, mixed: list[Config], took: float) -> bool:
    """Field by field, one is seen on any machine when the publisher has lost its turn a few times."""
    return way == "field by field" and not mixed and took < PATIENCE


def _publish_until_told(way: str, place: Place, configs: list[Config]) -> None:
    store = STORES[way][0]
    while not place.noted[0]:
        for config in configs:
            store(place, config)
