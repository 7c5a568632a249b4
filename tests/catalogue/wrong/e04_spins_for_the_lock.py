# diagnosis: busy-wait
# asks for the lock again and again

def _take(lock):
    while not lock.acquire(blocking=False):
        pass


def get_with_cache(cache, store, key):
    _take(cache.lock)
    try:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
        return value
    finally:
        cache.lock.release()


def set_with_cache(cache, store, key, value):
    _take(cache.lock)
    try:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
    finally:
        cache.lock.release()
