# right: leases by keyword; a set discards before and after

def get_with_cache(cache, store, key):
    if (cached := cache.get(key)) is not None:
        return cached
    lease = cache.lease(key)
    found = store.get(key)
    if found is None:
        return None
    cache.put(key, found, lease=lease)
    return found


def set_with_cache(cache, store, key, value):
    cache.discard(key)
    try:
        store.set(key, value)
    finally:
        cache.discard(key)
