# right: the store is written outside the lock; under it, it is asked again

def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is not None:
        return value
    with cache.lock:
        return _refresh(cache, store, key)


def _refresh(cache, store, key):
    cache.discard(key)
    value = store.get(key)
    if value is not None:
        cache.put(key, value)
    return value


def set_with_cache(cache, store, key, value):
    try:
        store.set(key, value)
    except Exception:
        with cache.lock:
            cache.discard(key)
        raise
    with cache.lock:
        _refresh(cache, store, key)
