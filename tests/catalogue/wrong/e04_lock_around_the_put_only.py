# diagnosis: stale-read
# the fill is under the lock, the question to the store is not

def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is None:
        value = store.get(key)
        if value is not None:
            with cache.lock:
                cache.put(key, value)
    return value


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
