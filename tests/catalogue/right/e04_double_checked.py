# right: hits without the lock; misses look again under it

def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is not None:
        return value
    with cache.lock:
        value = cache.get(key)
        if value is not None:
            return value
        value = store.get(key)
        if value is not None:
            cache.put(key, value)
        return value


def set_with_cache(cache, store, key, value):
    with cache.lock:
        try:
            store.set(key, value)
        except Exception:
            cache.discard(key)
            raise
        cache.put(key, value)
