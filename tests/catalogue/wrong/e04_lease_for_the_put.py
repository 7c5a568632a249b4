# diagnosis: stale-read
# a set puts with a lease, taken before it writes

def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is None:
        lease = cache.lease(key)
        value = store.get(key)
        if value is not None:
            cache.put(key, value, lease)
    return value


def set_with_cache(cache, store, key, value):
    cache.discard(key)
    lease = cache.lease(key)
    try:
        store.set(key, value)
    except Exception:
        cache.discard(key)
        raise
    cache.put(key, value, lease)
