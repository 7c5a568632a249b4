# diagnosis: wrong-result
# asks the cache a second time for the value, which may be gone by then
# diagnosis: wrong-result

def get_with_cache(cache, store, key):
    if cache.get(key) is not None:
        return cache.get(key)
    with cache.lock:
        v = store.get(key)
        if v is not None:
            cache.put(key, v)
        return v

def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
