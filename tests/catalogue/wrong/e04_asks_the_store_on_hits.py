# diagnosis: wrong-result
# every hit is compared with the store

def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key)
        fresh = store.get(key)
        if fresh is not None and fresh != value:
            cache.put(key, fresh)
        return fresh


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
