# diagnosis: stale-read
# a lock of its own: each worker has another one

import threading

lock = threading.Lock()


def get_with_cache(cache, store, key):
    with lock:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
        return value


def set_with_cache(cache, store, key, value):
    with lock:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
