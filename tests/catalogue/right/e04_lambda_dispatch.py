# right: a function that is given what to do under the lock

def _under(lock, action):
    lock.acquire()
    try:
        return action()
    finally:
        lock.release()


def get_with_cache(cache, store, key):
    def ask():
        value = store.get(key)
        if value is not None:
            cache.put(key, value)
        return value

    value = _under(cache.lock, lambda: cache.get(key))
    if value is None:
        value = _under(cache.lock, ask)
    return value


def set_with_cache(cache, store, key, value):
    _under(cache.lock, lambda: (cache.discard(key), store.set(key, value), cache.put(key, value)))
