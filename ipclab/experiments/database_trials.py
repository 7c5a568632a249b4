"""What does a cache save, when it has room for all that is asked for, and when it has not?

A measurement of notebook 4, plain data out, with the cache and the store of `ipclab.database`. man 7 shm_overview.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from random import Random

from ipclab.database.cache import Cache
from ipclab.database.coherent import CoherentStore
from ipclab.database.shared_cache import SharedCache
from ipclab.database.store import Store
from ipclab.ipc.names import new_run

VALUE = b"v" * 100


def key_of(number: int) -> bytes:
    return b"key %06d" % number


@contextlib.contextmanager
def database_of(keys: int) -> Iterator[str]:
    """The path of a database with so many keys, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "kv.db")
        with contextlib.closing(Store(path)) as store:
            for number in range(keys):
                store.set(key_of(number), VALUE)
        yield path


def working_sets(
    slots: int, sizes: Sequence[int], gets: int, least: int, seconds: float
) -> list[tuple[int, int, int, list[float], list[float]]]:
    """Gets at random among so many keys, with a cache of `slots` values and without, in rounds.

    Returns (keys, hits, gets, seconds for one get with the cache, the same without), the last two by round.
    """
    found: dict[int, tuple[list[int], list[float], list[float]]] = {
        size: ([], [], []) for size in sizes
    }
    with contextlib.ExitStack() as stack:
        path = stack.enter_context(database_of(max(sizes)))
        store = stack.enter_context(contextlib.closing(Store(path)))
        caches = {size: stack.enter_context(_warm_cache(store, slots, size)) for size in sizes}
        enough, number = time.monotonic() + seconds, 0
        while number < least or time.monotonic() < enough:
            number += 1
            for size, (hits, cached, direct) in found.items():
                keys = [key_of(each) for each in Random(size + number).choices(range(size), k=gets)]
                cache, before = caches[size], caches[size].hits
                cached.append(_seconds_for_one(CoherentStore(cache, store).get, keys))
                hits.append(cache.hits - before)
                direct.append(_seconds_for_one(store.get, keys))
    return [
        (size, sum(hits), gets * len(hits), cached, direct)
        for size, (hits, cached, direct) in found.items()
    ]


@contextlib.contextmanager
def _warm_cache(store: Store, slots: int, size: int) -> Iterator[Cache]:
    """A cache that has seen all keys once."""
    with SharedCache.create(new_run(), slots, participants=1) as shared:
        cache = shared.as_participant(0)
        both = CoherentStore(cache, store)
        for number in range(size):
            both.get(key_of(number))
        yield cache


def _seconds_for_one(get: Callable[[bytes], bytes | None], keys: Sequence[bytes]) -> float:
    began = time.perf_counter()
    for key in keys:
        get(key)
    return (time.perf_counter() - began) / len(keys)
