# right: the write under the lock, the discard after it

def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
    return value


def set_with_cache(cache, store, key, value):
    try:
        with cache.lock:
            store.set(key, value)
    finally:
        cache.discard(key)
