# diagnosis: stale-read
# the lease is taken after the store was asked

def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is None:
        value = store.get(key)
        if value is not None:
            lease = cache.lease(key)
            cache.put(key, value, lease)
    return value


def set_with_cache(cache, store, key, value):
    try:
        store.set(key, value)
    finally:
        cache.discard(key)
