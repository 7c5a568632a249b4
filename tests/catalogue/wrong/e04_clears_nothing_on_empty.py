# diagnosis: stale-read
# an empty value is written and not put

def set_with_cache(cache, store, key, value):
    with cache.lock:
        try:
            store.set(key, value)
        except Exception:
            cache.discard(key)
            raise
        if value:
            cache.put(key, value)


def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
        return value
