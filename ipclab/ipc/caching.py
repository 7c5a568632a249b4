"""When is a cached value a lie?

A cache is a copy beside a store that is slow. Several workers share both, and each of them may be
stopped between any two of its steps. Then a copy can outlive what it was made of:

    a get that misses                   a set by another worker
    store.get(key)      old
                                        store.set(key, new)
                                        cache.put(key, new), and it returns
    cache.put(key, old)                 from now on every get returns the old value

Here are two ways to keep that from happening.

A lock is held over both, the store and the cache: `get_with_cache` and `set_with_cache`. No set comes
between the question to the store and the fill. The price: while one key is missing and the store is
slow, everybody who misses or sets any other key waits. Hits do not, as they need no lock.

A lease is a promise to fill, which breaks when the key is set or discarded meanwhile:
`get_with_lease` and `set_with_lease`. Nobody waits for anybody. The price: several workers may ask the
store for one key at the same time, and the work of a fill that is refused is lost.

    cache: get(key), put(key, value), discard(key), each whole in itself; lock; lease(key)
    store: get(key), set(key, value); both may raise, and a set that raised may have written

Read more: man 7 sem_overview, man 7 shm_overview.
"""

from contextlib import AbstractContextManager
from typing import Protocol


class Store(Protocol):
    """What is slow, and always right."""

    def get(self, key: bytes) -> bytes | None: ...

    def set(self, key: bytes, value: bytes) -> None: ...


class Cache(Protocol):
    """What is fast, and right only if its users take care."""

    @property
    def lock(self) -> AbstractContextManager[object]: ...

    def get(self, key: bytes) -> bytes | None: ...

    def put(self, key: bytes, value: bytes, lease: object = None) -> object: ...

    def discard(self, key: bytes) -> object: ...

    def lease(self, key: bytes) -> object: ...


def get_with_cache(cache: Cache, store: Store, key: bytes) -> bytes | None:
    """The value of a key, from the cache if it is there; None when there is none.

    Raises what the store raises. man 7 sem_overview.
    """
    value = cache.get(key)
    if value is not None:
        return value
    with cache.lock:
        # While this one waited for the lock, another one may have filled the cache.
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
        return value


def set_with_cache(cache: Cache, store: Store, key: bytes, value: bytes) -> None:
    """Store a value; once this has returned, no get that begins later returns an older one.

    Raises what the store raises; the cache then knows nothing of the key. man 7 sem_overview.
    """
    with cache.lock:
        # First of all: should the store raise, nobody knows which value it holds.
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)


def get_with_lease(cache: Cache, store: Store, key: bytes) -> bytes | None:
    """The same as get_with_cache, without a lock: the fill is refused if it comes too late."""
    value = cache.get(key)
    if value is not None:
        return value
    # Before the store is asked: whatever happens to the key from here on breaks the lease.
    lease = cache.lease(key)
    value = store.get(key)
    if value is not None:
        cache.put(key, value, lease)
    return value


def set_with_lease(cache: Cache, store: Store, key: bytes, value: bytes) -> None:
    """The same as set_with_cache, without a lock: the next get fills the cache.

    Two sets at once may write in one order and come here in the other. So the cache is told
    to forget, and not what to know.
    """
    try:
        store.set(key, value)
    finally:
        cache.discard(key)
