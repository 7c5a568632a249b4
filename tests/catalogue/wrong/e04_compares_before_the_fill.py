# diagnosis: stale-read
# compares with the store before the fill, and the set changes it after that

def get_with_cache(cache, store, key):
    v = cache.get(key)
    if v is not None:
        return v
    v = store.get(key)
    with cache.lock:
        if v is not None and store.get(key) == v:
            cache.put(key, v)
    return v

def set_with_cache(cache, store, key, value):
    try:
        store.set(key, value)
    finally:
        cache.discard(key)
