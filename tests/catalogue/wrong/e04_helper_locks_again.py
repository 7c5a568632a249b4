# diagnosis: self-deadlock
# get holds the lock and calls a helper that takes it

def _fill(cache, store, key):
    with cache.lock:
        value = store.get(key)
        if value is not None:
            cache.put(key, value)
        return value


def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key)
        return _fill(cache, store, key) if value is None else value


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
