# diagnosis: wrong-result
# a set that failed returns as if it had not

def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        try:
            store.set(key, value)
            cache.put(key, value)
        except OSError as error:
            print("could not write:", error)


def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
        return value
