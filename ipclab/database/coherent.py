"""How do a slow store and a fast cache answer as if there were only one of them?

    get     in the cache? done.                      set     begin_set: out of the cache, no fills
            take a lease                                     change the store
            ask the store                                    end_set: the value may be in the cache
            fill the cache, if the lease still holds

Once `set` has returned nobody reads the older value. Nor does anybody read the older value after somebody has
read the new one: between begin and end all go to the store, which decides. No lock is held while the store works.

A worker killed between begin and end leaves the group without fills; the supervisor, which sees the
death, empties the group and ends it.
"""

from __future__ import annotations

from typing import Protocol

from .cache import Cache


class AnyStore(Protocol):
    def get(self, key: bytes) -> bytes | None: ...
    def set(self, key: bytes, value: bytes) -> None: ...
    def delete(self, key: bytes) -> None: ...


class CoherentStore:
    """`store` with `cache` before it. Raises what the store raises."""

    def __init__(self, cache: Cache, store: AnyStore) -> None:
        self._cache, self._store = cache, store

    def get(self, key: bytes) -> bytes | None:
        value = self._cache.get(key)
        if value is None:
            lease = self._cache.lease(key)
            value = self._store.get(key)
            if value is not None:
                self._cache.put(key, value, lease)
        return value

    def set(self, key: bytes, value: bytes) -> None:
        begun, stored = self._cache.begin_set(key), None
        try:
            self._store.set(key, value)
            stored = value
        finally:  # what the store has after an exception nobody knows
            self._cache.end_set(key, stored, begun)

    def delete(self, key: bytes) -> None:
        begun = self._cache.begin_set(key)
        try:
            self._store.delete(key)
        finally:
            self._cache.end_set(key, None, begun)
