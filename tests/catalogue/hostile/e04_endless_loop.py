# hostile: a get that never ends
# verdict: fail

def get_with_cache(cache, store, key):
    while True:
        pass


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
