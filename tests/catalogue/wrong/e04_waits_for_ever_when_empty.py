# diagnosis: hang, self-deadlock, busy-wait
# an absent key is asked for until somebody sets it

import time


def get_with_cache(cache, store, key):
    while True:
        with cache.lock:
            value = cache.get(key)
            if value is None:
                value = store.get(key)
                if value is not None:
                    cache.put(key, value)
        if value is not None:
            return value
        time.sleep(0.01)


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
