# hostile: reaches into the cache and the store instead of asking them
# verdict: fail

def get_with_cache(cache, store, key):
    return store.values.get(key)


def set_with_cache(cache, store, key, value):
    store.values[key] = value
