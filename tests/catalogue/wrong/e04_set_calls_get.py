# diagnosis: self-deadlock
# set refreshes the cache by get, which takes the lock that it holds

def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        get_with_cache(cache, store, key)


def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
        return value
