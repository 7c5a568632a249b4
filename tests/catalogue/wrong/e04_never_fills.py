# diagnosis: wrong-result
# a miss is answered by the store and not kept

def get_with_cache(cache, store, key):
    value = cache.get(key)
    return store.get(key) if value is None else value


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
