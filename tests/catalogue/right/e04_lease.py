# right: leases and no lock; a set only discards

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
    finally:
        cache.discard(key)
