# diagnosis: stale-read
# the set breaks leases before it writes, and not after

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
    store.set(key, value)
