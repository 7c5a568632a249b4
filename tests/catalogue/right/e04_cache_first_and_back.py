# right: the cache is written first, under the lock, and cleaned when the store raises

def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
    return value


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.put(key, value)
        try:
            store.set(key, value)
        except:
            cache.discard(key)
            raise
