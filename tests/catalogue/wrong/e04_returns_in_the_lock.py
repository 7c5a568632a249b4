# diagnosis: lock-not-released
# a hit returns before the lock is released

def get_with_cache(cache, store, key):
    cache.lock.acquire()
    value = cache.get(key)
    if value is not None:
        return value
    try:
        value = store.get(key)
        if value is not None:
            cache.put(key, value)
        return value
    finally:
        cache.lock.release()


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
