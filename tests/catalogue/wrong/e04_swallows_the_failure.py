# diagnosis: wrong-result
# the error of the store becomes None

def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key)
        if value is None:
            try:
                value = store.get(key)
            except OSError:
                return None
            if value is not None:
                cache.put(key, value)
        return value


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
