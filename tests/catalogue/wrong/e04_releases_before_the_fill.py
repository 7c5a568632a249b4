# diagnosis: stale-read
# asks the store under the lock, and fills after it has let go

def get_with_cache(cache, store, key):
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
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
