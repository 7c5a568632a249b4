# diagnosis: lock-not-released
# acquire and release without finally: the store raises

def get_with_cache(cache, store, key):
    cache.lock.acquire()
    value = cache.get(key)
    if value is None:
        value = store.get(key)
        if value is not None:
            cache.put(key, value)
    cache.lock.release()
    return value


def set_with_cache(cache, store, key, value):
    cache.lock.acquire()
    cache.discard(key)
    store.set(key, value)
    cache.put(key, value)
    cache.lock.release()
