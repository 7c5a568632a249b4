# right: acquire and release with try and finally, early returns

def get_with_cache(cache, store, key):
    cache.lock.acquire()
    try:
        value = cache.get(key)
        if value is not None:
            return value
        value = store.get(key)
        if value is None:
            return None
        cache.put(key, value)
        return value
    finally:
        cache.lock.release()


def set_with_cache(cache, store, key, value):
    cache.lock.acquire()
    try:
        written = False
        try:
            store.set(key, value)
            written = True
        finally:
            if written:
                cache.put(key, value)
            else:
                cache.discard(key)
    finally:
        cache.lock.release()
