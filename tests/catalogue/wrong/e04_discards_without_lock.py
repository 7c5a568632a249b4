# diagnosis: stale-read
# the discard comes between the question to the store and the fill

def set_with_cache(cache, store, key, value):
    try:
        store.set(key, value)
    finally:
        cache.discard(key)


def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
        return value
