"""The cache's own code under every schedule with few preemptions, and with one process killed anywhere."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from typing import Any

import pytest

from ipclab.database.cache import Cache
from ipclab.database.coherent import CoherentStore
from ipclab.database.layout import Geometry, Words
from ipclab.database.locks import Locks
from ipclab.database.recovery import recover
from ipclab.explorer.events import Operation
from ipclab.explorer.objects import SharedObject
from ipclab.explorer.report import failure_data
from ipclab.explorer.results import failure_from
from ipclab.explorer.scenario import Finding, Scenario
from ipclab.explorer.search import Found, Search
from ipclab.explorer.semaphores import new_semaphore
from ipclab.explorer.shims import Semaphore
from ipclab.explorer.world import World

GEOMETRY = Geometry(groups=1, ways=8, stripes=1, participants=3)
KEY, OLD, NEW = b"k", b"o" * 20, b"n" * 20


class Table:
    """The store. Its calls are slow: a read gives what was there when it began, a write is seen when it ends."""

    def __init__(self) -> None:
        self.content = {KEY: OLD}

    def get(self, key: bytes) -> bytes | None:
        return self.content.get(key)

    def set(self, key: bytes, value: bytes) -> None:
        self.content[key] = value


class Children:
    """What the supervisor, the last process, learns of the others: process 0 is participant 1, and so on."""

    def __init__(self, world: World) -> None:
        self.world = world

    def wait(self) -> int:
        """Returns when one was killed: its number; or when all have ended: 0."""
        self.world.pause(Operation("waitpid", ready=lambda: self._killed() or self._ended()))
        self.world.observe("waitpid", self._killed())
        return self._killed()

    wait.explorer_step = True  # type: ignore[attr-defined]

    def _killed(self) -> int:
        return sum(each.number + 1 for each in self.world.processes[:-1] if each.killed)

    def _ended(self) -> bool:
        return not any(each.alive for each in self.world.processes[:-1])


def parts(memory: Any, lock: Any, door: Any, me: int) -> tuple[Cache, Locks, Words]:
    words = Words(memory, GEOMETRY)
    locks = Locks([lock], door, words.repairing, words.states, me)
    return Cache(memory, GEOMETRY, words, locks, me), locks, words


def writer(memory: Any, lock: Any, door: Any, store: Any, children: Any) -> None:
    CoherentStore(parts(memory, lock, door, 1)[0], store).set(KEY, NEW)


def reader(memory: Any, lock: Any, door: Any, store: Any, children: Any) -> list[bytes | None]:
    pairs = CoherentStore(parts(memory, lock, door, 2)[0], store)
    return [pairs.get(KEY), pairs.get(KEY)]


def careless_writer(memory: Any, lock: Any, door: Any, store: Any, children: Any) -> None:
    cache = parts(memory, lock, door, 1)[0]
    store.set(KEY, NEW)
    cache.put(KEY, NEW)


def careless_reader(memory: Any, lock: Any, door: Any, store: Any, children: Any) -> Any:
    cache = parts(memory, lock, door, 2)[0]
    value = cache.get(KEY)
    if value is None:
        value = store.get(KEY)
        cache.put(KEY, value)
    return [value]


def supervisor(memory: Any, lock: Any, door: Any, store: Any, children: Any) -> None:
    cache, locks, words = parts(memory, lock, door, 0)
    dead = children.wait()
    while dead and not recover(dead, [3 - dead], words, locks, cache):
        pass


def later_get(image: bytes) -> bytes | None:
    """What the next reader would be given."""
    with mmap.mmap(-1, len(image)) as memory:
        memory[:] = image
        words = Words(memory, GEOMETRY)
        try:
            locks = Locks([], None, words.repairing, words.states, 0)
            return Cache(memory, GEOMETRY, words, locks, 0).get(KEY)
        finally:
            words.release()


def search(
    programs: list[Callable[..., Any]], *, filled: bool, crashes: int = 0, bound: int, budget: float
) -> Found:
    table = Table()

    def prepare(world: World) -> list[tuple[Any, ...]]:
        table.content = {KEY: OLD}
        store = SharedObject("store", table, lambda: table.content, {"get", "set"}, {"get"})
        world.shared.append(store)
        region = world.memory.region("memory", GEOMETRY.size)
        lock, door = new_semaphore(world, "lock", 1), new_semaphore(world, "door", 0)
        kernel = Semaphore.of(lock), Semaphore.of(door)
        if filled:
            parts(world.memory.map(region), *kernel, 0)[0].put(KEY, OLD)
        children = Children(world)
        return [(world.memory.map(region), *kernel, store, children) for _ in programs]

    def judge(world: World, results: list[Any]) -> Finding | None:
        for seen in [each for each in results if each]:
            if seen == [NEW, OLD] or not set(seen) <= {OLD, NEW}:
                return Finding("stale-read", f"a reader saw {seen}")
        kept, stored = later_get(bytes(world.memory.regions[0].image())), table.content[KEY]
        if kept not in (None, stored):
            return Finding("stale-read", f"the cache keeps {kept!r}, the store has {stored!r}")
        if world.semaphores[0].value != 1:
            return Finding("lock-not-released", "nobody gave the lock back")
        return None

    scenario = Scenario(programs, prepare, judge, crashes=crashes)
    found = Search(scenario, max_preemptions=bound, budget=budget, extra=False).run()
    if found.failure:
        print(failure_from(failure_data(scenario, found.failure, "")))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("filled", [False, True])
def test_nobody_reads_the_older_value_after_the_newer(filled: bool) -> None:
    found = search([writer, reader], filled=filled, bound=1, budget=30)
    assert found.failure is None and found.complete


@pytest.mark.slow
@pytest.mark.parametrize("filled", [False, True])
def test_a_writer_killed_anywhere_leaves_nothing_wrong(filled: bool) -> None:
    found = search([writer, supervisor], filled=filled, crashes=1, bound=0, budget=30)
    assert found.failure is None and found.complete


def test_without_leases_the_explorer_finds_the_stale_fill() -> None:
    found = search([careless_writer, careless_reader], filled=False, bound=2, budget=30)
    assert found.failure is not None and found.failure.finding is not None
    assert found.failure.finding.diagnosis == "stale-read"


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("filled", [False, True])
def test_with_two_preemptions(filled: bool) -> None:
    found = search([writer, reader], filled=filled, bound=2, budget=600)
    print(f"{found.schedules} schedules")
    assert found.failure is None and found.complete


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("filled", [False, True])
@pytest.mark.parametrize(
    ("programs", "bound"), [([writer, supervisor], 1), ([writer, reader, supervisor], 0)]
)
def test_with_one_killed_anywhere(
    programs: list[Callable[..., Any]], bound: int, filled: bool
) -> None:
    found = search(programs, filled=filled, crashes=1, bound=bound, budget=600)
    print(f"{found.schedules} schedules")
    assert found.failure is None and found.complete
