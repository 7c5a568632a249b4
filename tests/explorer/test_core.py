"""The core that exercise checks use: shared objects, locks, a set-up program, names in the virtual kernel."""

from __future__ import annotations

import mmap
from typing import Any

import posix_ipc

from ipclab.explorer.objects import SharedObject
from ipclab.explorer.scenario import Finding, Scenario
from ipclab.explorer.search import Found, Search
from ipclab.explorer.semaphores import Lock, new_semaphore
from ipclab.explorer.world import World


class Table:
    """A cache with a lock, or a store."""

    def __init__(self, lock: Any = None) -> None:
        self.content: dict[bytes, bytes] = {}
        self.lock = lock

    def get(self, key: bytes) -> bytes | None:
        return self.content.get(key)

    def put(self, key: bytes, value: bytes) -> None:
        self.content[key] = value


def fills_without_lock(cache: Any, store: Any) -> None:
    if cache.get(b"k") is None:
        cache.put(b"k", store.get(b"k"))


def fills_with_lock(cache: Any, store: Any) -> None:
    with cache.lock:
        if cache.get(b"k") is None:
            cache.put(b"k", store.get(b"k"))


def sets(cache: Any, store: Any) -> None:
    with cache.lock:
        store.put(b"k", b"new")
        cache.put(b"k", b"new")


def explored(get: Any) -> Found:
    kept: list[Table] = []

    def prepare(world: World) -> list[list[Any]]:
        cache, store = Table(Lock(new_semaphore(world, "lock", 1))), Table()
        store.content[b"k"] = b"old"
        kept[:] = [cache]
        shared = [
            SharedObject("cache", cache, lambda: sorted(cache.content.items())),
            SharedObject("store", store, lambda: sorted(store.content.items()), {"get"}, {"get"}),
        ]
        world.shared += shared
        return [shared, shared]

    def judge(world: World, results: list[Any]) -> Finding | None:
        right = kept[0].content[b"k"] == b"new"
        return None if right else Finding("stale-read", "the cache holds an older value")

    return Search(Scenario([get, sets], prepare, judge)).run()


def test_a_stale_fill_is_found() -> None:
    found = explored(fills_without_lock)
    assert found.failure is not None and found.failure.finding is not None
    assert found.failure.finding.diagnosis == "stale-read"


def test_a_locked_fill_is_right() -> None:
    found = explored(fills_with_lock)
    assert found.failure is None and found.complete


def create(name: str) -> None:
    memory = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, size=16)
    memory.close_fd()
    posix_ipc.Semaphore(name, posix_ipc.O_CREX, initial_value=1)


def attach_and_add(name: str) -> None:
    memory = posix_ipc.SharedMemory(name)
    mapping = mmap.mmap(memory.fd, memory.size)
    memory.close_fd()
    with posix_ipc.Semaphore(name):
        mapping[0] += 1


def test_a_set_up_program_makes_what_the_others_attach() -> None:
    def judge(world: World, results: list[Any]) -> Finding | None:
        return None if world.memory.regions[0].image()[0] == 2 else Finding("lost-update", "lost")

    scenario = Scenario(
        [attach_and_add] * 2,
        lambda world: [["/x"], ["/x"]],
        judge,
        setup=create,
        setup_arguments=lambda world: ["/x"],
    )
    found = Search(scenario).run()
    assert found.failure is None and found.complete
    assert found.schedules > 1
