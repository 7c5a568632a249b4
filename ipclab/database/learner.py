"""How does the real server run on what a learner wrote for exercise 4?

Their `get_with_cache` and `set_with_cache` get the server's own cache and store behind the names that
the exercise gives them. `cache.lock` is one lock for all workers, not recursive. A worker that is killed while it
has this lock may have changed the store and not the cache: then the supervisor empties the cache, and
gives the lock back. It cannot help against a lock that a living worker never gives back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from .cache import Cache
from .layout import Geometry, Words
from .locks import Locks
from .store import Store


class Functions(NamedTuple):
    """The two functions of exercise 4."""

    get_with_cache: Callable[[Any, Any, bytes], bytes | None]
    set_with_cache: Callable[[Any, Any, bytes, bytes], None]


class Lock:
    """`cache.lock`. Who takes it twice waits for itself."""

    def __init__(self, locks: Locks) -> None:
        self._locks = locks

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """As threading.Lock's; a time limit is kept to a fiftieth of a second."""
        if blocking and timeout < 0:
            return self._locks.acquire(0)
        deadline = time.monotonic() + max(0.0, timeout)
        while not self._locks.acquire(0, patient=False):
            if time.monotonic() >= deadline:
                return False
        return True

    def release(self) -> None:
        self._locks.release(0)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *exception: object) -> None:
        self.release()


class LearnersCache:
    """`cache`, as exercise 4 has it."""

    def __init__(self, cache: Cache, lock: Lock) -> None:
        self.lock = lock
        self.get, self.put, self.discard, self.lease = (
            cache.get, cache.put, cache.discard, cache.lease,
        )  # fmt: skip


class LearnersStore:
    """`store`, as exercise 4 has it."""

    def __init__(self, store: Store) -> None:
        self.get, self.set = store.get, store.set


class LearnersPairs:
    """What a worker answers from: the functions, and a delete that fits to either way of writing them."""

    def __init__(self, functions: Functions, cache: Cache, locks: Locks, store: Store) -> None:
        self._functions, self._full_store = functions, store
        self._cache, self._store = LearnersCache(cache, Lock(locks)), LearnersStore(store)

    def get(self, key: bytes) -> bytes | None:
        value = self._functions.get_with_cache(self._cache, self._store, key)
        if value is not None and not isinstance(value, bytes):
            raise TypeError(f"get_with_cache returned {type(value).__name__}, not bytes or None")
        return value

    def set(self, key: bytes, value: bytes) -> None:
        self._functions.set_with_cache(self._cache, self._store, key, value)

    def delete(self, key: bytes) -> None:
        with self._cache.lock:
            try:
                self._full_store.delete(key)
            finally:
                self._cache.discard(key)


def recover_outside(
    dead: int, living: Iterable[int], words: Words, geometry: Geometry, locks: Locks, cache: Cache
) -> bool:
    """As recovery.py's `recover`, for the users' lock and the whole cache."""
    if locks.left_by(dead) is not None and not locks.repair(0, living):
        return False
    if not all(cache.empty(group) for group in range(geometry.groups)):
        return False
    words.outside[dead] = 0
    return True
