# diagnosis: stale-read
# when the store raises, the old value is put back: but it may have written

def set_with_cache(cache, store, key, value):
    with cache.lock:
        old = cache.get(key)
        cache.put(key, value)
        try:
            store.set(key, value)
        except Exception:
            if old is None:
                cache.discard(key)
            else:
                cache.put(key, old)
            raise


def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
        return value
