# diagnosis: stale-read
# fills only if the cache is still empty: a discard leaves it empty, too

def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is None:
        value = store.get(key)
        if value is not None:
            with cache.lock:
                if cache.get(key) is None:
                    cache.put(key, value)
    return value


def set_with_cache(cache, store, key, value):
    with cache.lock:
        try:
            store.set(key, value)
        finally:
            cache.discard(key)
