# diagnosis: stale-read, wrong-result
# each worker remembers values in a dict of its own

memo = {}


def get_with_cache(cache, store, key):
    if key in memo:
        return memo[key]
    with cache.lock:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
    if value is not None:
        memo[key] = value
    return value


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
    memo[key] = value
