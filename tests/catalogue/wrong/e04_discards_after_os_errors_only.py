# diagnosis: stale-read
# set drops the entry after an OSError only: a store that raises anything else (sqlite3.OperationalError, ...) leaves the old value in the cache
def get_with_cache(cache, store, key: bytes) -> bytes | None:
    cached = cache.get(key)
    if cached is not None:
        return cached
    with cache.lock:
        fresh = cache.get(key)
        if fresh is None:
            fresh = store.get(key)
            if fresh is not None:
                cache.put(key, fresh)
    return fresh


def set_with_cache(cache, store, key: bytes, value: bytes) -> None:
    with cache.lock:
        try:
            store.set(key, value)
        except OSError:
            cache.discard(key)
            raise
        cache.put(key, value)
