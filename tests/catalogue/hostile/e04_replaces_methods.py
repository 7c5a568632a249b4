# hostile: replaces the methods of the cache
# verdict: fail

def get_with_cache(cache, store, key):
    cache.get = store.get
    return store.get(key)


def set_with_cache(cache, store, key, value):
    store.set(key, value)
