# hostile: waits for the lock it holds and swallows whatever comes
# verdict: fail

def get_with_cache(cache, store, key):
    while True:
        try:
            while True:
                cache.lock.acquire()
        except BaseException:
            pass


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
