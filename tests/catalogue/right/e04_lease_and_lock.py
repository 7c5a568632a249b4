# right: sets in a row by the lock, fills by lease and without it

def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is None:
        lease = cache.lease(key)
        value = store.get(key)
        if value is not None:
            cache.put(key, value, lease)
    return value


def set_with_cache(cache, store, key, value):
    with cache.lock:
        try:
            store.set(key, value)
        except Exception:
            cache.discard(key)
            raise
        else:
            cache.put(key, value)
