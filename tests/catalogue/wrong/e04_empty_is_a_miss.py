# diagnosis: wrong-result
# an empty value counts as a miss, and the store is asked each time

def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value:
        return value
    with cache.lock:
        value = store.get(key)
        if value is not None:
            cache.put(key, value)
        return value


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
