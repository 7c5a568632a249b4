# diagnosis: wrong-result
# a get that finds the lock taken returns None

def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is not None:
        return value
    if not cache.lock.acquire(blocking=False):
        return None
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
