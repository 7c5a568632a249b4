# diagnosis: stale-read
# fills first and compares with the store afterwards: in between others read the old value

def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is not None:
        return value
    value = store.get(key)
    while value is not None:
        cache.put(key, value)
        again = store.get(key)
        if again == value:
            break
        cache.discard(key)
        value = again
    return value


def set_with_cache(cache, store, key, value):
    try:
        store.set(key, value)
    finally:
        cache.discard(key)
