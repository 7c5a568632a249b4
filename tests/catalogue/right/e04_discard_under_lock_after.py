# right: the store is written outside the lock, only the discard is inside

def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is not None:
        return value
    cache.lock.acquire()
    try:
        value = store.get(key)
        if value is not None:
            cache.put(key, value)
    finally:
        cache.lock.release()
    return value


def set_with_cache(cache, store, key, value):
    try:
        store.set(key, value)
    finally:
        with cache.lock:
            cache.discard(key)
