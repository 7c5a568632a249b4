# diagnosis: stale-read
# takes a lease and puts without it

def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is None:
        lease = cache.lease(key)
        value = store.get(key)
        if value is not None and lease is not None:
            cache.put(key, value)
    return value


def set_with_cache(cache, store, key, value):
    try:
        store.set(key, value)
    finally:
        cache.discard(key)
