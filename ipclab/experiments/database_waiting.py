"""Who waits while one worker waits for a slow store? Processes in, plain data out.

A measurement of notebook 4, with the cache and the store of `ipclab.database`. man 7 sem_overview.
"""

from __future__ import annotations

import contextlib
import struct
import time
from typing import Any

from ipclab.database.cache import Cache
from ipclab.database.shared_cache import SharedCache
from ipclab.database.store import Store
from ipclab.experiments.database_trials import VALUE, database_of, key_of
from ipclab.ipc.caching import get_with_cache, get_with_lease
from ipclab.ipc.names import new_run, object_name
from ipclab.ipc.pipes import Pipe, read_exactly, read_until_eof, write_all
from ipclab.ipc.processes import reap, spawn
from ipclab.ipc.semaphores import Semaphore, new_semaphore

SLOTS = 4096  # far more than are used
HELD = 0.03  # seconds for which the slow miss goes on when somebody waits for it
_ANSWER = struct.Struct("<cdd")  # hit or miss, begun, ended


class WithLock:
    """The server's cache with a lock of its own, which tells `told` of everybody who has to wait for it."""

    def __init__(self, cache: Cache, lock: Semaphore, told: int) -> None:
        self.get, self.put = cache.get, cache.put
        self.discard, self.lease = cache.discard, cache.lease
        self.lock = self
        self._lock, self._told = lock, told

    def __enter__(self) -> None:
        try:
            self._lock.acquire(0)
        except TimeoutError:
            write_all(self._told, b"w")
            self._lock.acquire()

    def __exit__(self, *exception: object) -> None:
        self._lock.release()


def get_all_locked(cache: Any, store: Any, key: bytes) -> bytes | None:
    """The simplest way to be right: one lock around everything."""
    with cache.lock:
        value: bytes | None = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
        return value


WAYS = {
    "one lock around all": get_all_locked,
    "a lock around misses": get_with_cache,
    "leases": get_with_lease,
}


class HeldStore:
    """A store that answers one question, the first, only when it is let go."""

    def __init__(self, store: Store, arrived: int, go: int) -> None:
        self._store, self._arrived, self._go = store, arrived, go

    def get(self, key: bytes) -> bytes | None:
        value = self._store.get(key)
        write_all(self._arrived, b"a")
        read_exactly(self._go, 1)
        return value


def slow_miss(way: str, requests: int) -> tuple[float, list[tuple[bool, float, float]]]:
    """One worker asks a slow store for one key. Meanwhile another one gets other keys: hits, then misses.

    Returns when the slow answer came, and for each get of the other worker whether it was a hit, when it was
    asked and when it was answered; seconds from the first one.
    """
    get = WAYS[way]
    with contextlib.ExitStack() as stack:
        path = stack.enter_context(database_of(2 * requests + 1))
        shared = stack.enter_context(SharedCache.create(new_run(), 4096, participants=3))
        lock = stack.enter_context(new_semaphore(object_name(new_run(), "lock")))
        told, go, answers = (stack.enter_context(Pipe()) for _ in range(3))
        cache = WithLock(shared.as_participant(0), lock, told.write_end.fd)
        for number in range(requests):
            cache.put(key_of(number), VALUE)
        slow = spawn(_miss_slowly, get, shared, lock, path, told, go, key_of(2 * requests))
        read_exactly(told.read_end.fd, 1)  # it has the store's answer, and is held with it
        other = spawn(_get_others, get, shared, lock, path, told, answers, requests)
        said = read_exactly(told.read_end.fd, 1)
        if said == b"w":
            time.sleep(HELD)  # the length of the wait, and nothing that anything depends on
        released = time.monotonic()
        write_all(go.write_end.fd, b"!")
        statuses = [reap(slow), reap(other)]
        answers.write_end.close()
        packed = read_until_eof(answers.read_end.fd)
    if any(statuses):
        raise RuntimeError(f"workers ended with {statuses}: their traceback is above")
    seen = list(_ANSWER.iter_unpack(packed))
    start = seen[0][1]
    return released - start, [
        (kind == b"h", begun - start, ended - start) for kind, begun, ended in seen
    ]


def _miss_slowly(
    get: Any, shared: SharedCache, lock: Semaphore, path: str, told: Pipe, go: Pipe, key: bytes
) -> None:
    cache = WithLock(shared.as_participant(1), lock, told.write_end.fd)
    get(cache, HeldStore(Store(path), told.write_end.fd, go.read_end.fd), key)


def _get_others(
    get: Any,
    shared: SharedCache,
    lock: Semaphore,
    path: str,
    told: Pipe,
    answers: Pipe,
    requests: int,
) -> None:
    cache, store = WithLock(shared.as_participant(2), lock, told.write_end.fd), Store(path)
    seen = []
    for number in range(2 * requests):
        key = key_of(number)
        begun = time.monotonic()
        get(cache, store, key)
        seen.append(_ANSWER.pack(b"h" if number < requests else b"m", begun, time.monotonic()))
    write_all(told.write_end.fd, b"d")
    write_all(answers.write_end.fd, b"".join(seen))
