# hostile: leaves the process inside the lock
# verdict: fail

import os


def get_with_cache(cache, store, key):
    cache.lock.acquire()
    os._exit(0)


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
