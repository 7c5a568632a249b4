# right: without waiting: fills only if the lock is free, else answers from the store

def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is not None:
        return value
    if not cache.lock.acquire(blocking=False):
        return store.get(key)
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
