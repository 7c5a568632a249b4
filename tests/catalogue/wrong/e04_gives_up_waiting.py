# diagnosis: stale-read, exception
# after a tenth of a second it goes on without the lock

def get_with_cache(cache, store, key):
    got = cache.lock.acquire(timeout=0.1)
    try:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
        return value
    finally:
        if got:
            cache.lock.release()


def set_with_cache(cache, store, key, value):
    got = cache.lock.acquire(timeout=0.1)
    try:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
    finally:
        if got:
            cache.lock.release()
