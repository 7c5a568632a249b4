"""Which order of steps leaves an old value in a cache? A get and a set, side by side.

The part of notebook 4 that runs in the sandbox, with the explorer: cache and store are objects that both
processes share, every call of the cache is a step, one of the slow store two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ipclab.explorer.events import Unmodelled
from ipclab.explorer.objects import SharedObject
from ipclab.explorer.report import failure_data
from ipclab.explorer.scenario import Finding, Scenario
from ipclab.explorer.search import Search
from ipclab.explorer.semaphores import Lock, new_semaphore
from ipclab.explorer.sources import Sources
from ipclab.explorer.watching import watched
from ipclab.explorer.world import World

KEY, OLD, NEW = b"city", b"old", b"new"
BUDGET = 8.0  # seconds


class Pairs:
    """A cache or a store: values by key. A lease is the number of changes so far."""

    def __init__(self, values: dict[bytes, bytes], lock: Lock | None = None) -> None:
        self.values = values
        self.lock = lock
        self.changes = 0

    def get(self, key: bytes) -> bytes | None:
        return self.values.get(key)

    def set(self, key: bytes, value: bytes) -> None:
        self.values[key] = value

    def put(self, key: bytes, value: bytes, lease: int | None = None) -> bool:
        if lease is None:
            self.changes += 1
        elif lease != self.changes:
            return False
        self.values[key] = value
        return True

    def discard(self, key: bytes) -> None:
        self.changes += 1
        self.values.pop(key, None)

    def lease(self, key: bytes) -> int:
        return self.changes


def search(
    get: Callable[..., Any], set_: Callable[..., Any], texts: Mapping[str, str]
) -> dict[str, Any]:
    """Enumerate; plain data: the failure or None, how many schedules, up to which bound, or what is not modelled."""
    scenario = _side_by_side(get, set_, Sources(texts))
    try:
        with watched():
            found = Search(scenario, budget=BUDGET).run()
    except Unmodelled as error:
        return {"unmodelled": str(error)}
    return {
        "failure": failure_data(scenario, found.failure, scope="") if found.failure else None,
        "schedules": found.schedules,
        "complete": found.complete,
        "max_preemptions": found.max_preemptions,
        "seconds": found.seconds,
    }


def _side_by_side(get: Callable[..., Any], set_: Callable[..., Any], sources: Sources) -> Scenario:
    latest: list[Pairs] = []  # cache and store of the run that goes on

    def prepare(world: World) -> list[tuple[Any, ...]]:
        cache = Pairs({}, Lock(new_semaphore(world, "cache.lock", 1)))
        store = Pairs({KEY: OLD})
        latest[:] = cache, store
        shared = (
            SharedObject("cache", cache, state=lambda: (cache.values, cache.changes)),
            SharedObject(
                "store", store, lambda: store.values, slow={"get", "set"}, effect_first={"get"}
            ),
        )
        world.shared += shared
        return [(*shared, KEY), (*shared, KEY, NEW)]

    def judge(world: World, results: list[Any]) -> Finding | None:
        cache, store = (each.values for each in latest)
        if cache.get(KEY) in (None, store[KEY]):
            return None
        return Finding(
            "stale-read",
            f"both have returned: the store holds {store[KEY]!r}, and the cache {cache[KEY]!r}",
        )

    return Scenario([get, set_], prepare, judge, sources=sources)
