# diagnosis: wrong-result
# a get writes what it found back to the store

def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                set_without_lock(cache, store, key, value)
        return value


def set_without_lock(cache, store, key, value):
    cache.discard(key)
    store.set(key, value)
    cache.put(key, value)


def set_with_cache(cache, store, key, value):
    with cache.lock:
        set_without_lock(cache, store, key, value)
