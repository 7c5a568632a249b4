# diagnosis: exception
# the lock is released in the except and again in the finally

def set_with_cache(cache, store, key, value):
    cache.lock.acquire()
    try:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
    except OSError:
        cache.lock.release()
        raise
    finally:
        cache.lock.release()


def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
        return value
