# diagnosis: stale-read
# the new value goes to the cache though the store raised

def set_with_cache(cache, store, key, value):
    with cache.lock:
        try:
            store.set(key, value)
        finally:
            cache.put(key, value)


def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
        return value
