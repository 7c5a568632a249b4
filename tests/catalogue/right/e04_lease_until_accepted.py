# right: a fill that is refused is tried again

def get_with_cache(cache, store, key):
    while True:
        value = cache.get(key)
        if value is not None:
            return value
        lease = cache.lease(key)
        value = store.get(key)
        if value is None:
            return None
        cache.put(key, value, lease)
        if cache.lease(key) == lease:
            return value


def set_with_cache(cache, store, key, value):
    try:
        store.set(key, value)
    finally:
        cache.discard(key)
