# diagnosis: wrong-result, stale-read, exception
# keys are cut to 64 bytes for the cache

def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key[:64])
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key[:64], value)
        return value


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key[:64])
        store.set(key, value)
        cache.put(key[:64], value)
