# diagnosis: stale-read
# gets use leases, but two sets put in the wrong order

def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is None:
        lease = cache.lease(key)
        value = store.get(key)
        if value is not None:
            cache.put(key, value, lease)
    return value


def set_with_cache(cache, store, key, value):
    try:
        store.set(key, value)
    except Exception:
        cache.discard(key)
        raise
    cache.put(key, value)
