# diagnosis: stale-read
# two sets write in one order and fill in the other

def set_with_cache(cache, store, key, value):
    cache.discard(key)
    store.set(key, value)
    cache.put(key, value)


def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
        return value
