# right: a loop that tries until the value is there or absent

def get_with_cache(cache, store, key):
    while (value := cache.get(key)) is None:
        with cache.lock:
            if cache.get(key) is not None:
                continue
            fresh = store.get(key)
            if fresh is None:
                return None
            cache.put(key, fresh)
            return fresh
    return value


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
