# diagnosis: stale-read
# set writes the cache first, and the store raises

def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.put(key, value)
        store.set(key, value)


def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
        return value
