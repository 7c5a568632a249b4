# right: asks for the lock, and sleeps in between

import time


def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is not None:
        return value
    while not cache.lock.acquire(False):
        time.sleep(0.005)
    try:
        value = store.get(key)
        if value is not None:
            cache.put(key, value)
        return value
    finally:
        cache.lock.release()


def set_with_cache(cache, store, key, value):
    while not cache.lock.acquire(False):
        time.sleep(0.005)
    try:
        cache.discard(key)
        store.set(key, value)
    finally:
        cache.lock.release()
