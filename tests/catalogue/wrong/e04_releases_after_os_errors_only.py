# diagnosis: lock-not-released
# set releases the lock after an OSError only: a store that raises anything else (sqlite3.OperationalError, ...) leaves it taken
def get_with_cache(cache, store, key: bytes) -> bytes | None:
    value = cache.get(key)
    if value is None:
        with cache.lock:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
    return value


def set_with_cache(cache, store, key: bytes, value: bytes) -> None:
    cache.lock.acquire()
    cache.discard(key)
    try:
        store.set(key, value)
    except OSError:
        cache.lock.release()
        raise
    cache.put(key, value)
    cache.lock.release()
