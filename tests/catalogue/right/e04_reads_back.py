# right: after a set the store is asked again, and that goes into the cache

def _refresh(cache, store, key):
    value = store.get(key)
    if value is None:
        cache.discard(key)
    else:
        cache.put(key, value)
    return value


def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is not None:
        return value
    with cache.lock:
        return _refresh(cache, store, key)


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        _refresh(cache, store, key)
