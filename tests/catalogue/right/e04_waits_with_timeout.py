# right: waits for the lock in portions of a second

from contextlib import contextmanager


@contextmanager
def held(lock):
    while not lock.acquire(timeout=1.0):
        pass
    try:
        yield
    finally:
        lock.release()


def get_with_cache(cache, store, key):
    with held(cache.lock):
        value = cache.get(key)
        if value is None and (value := store.get(key)) is not None:
            cache.put(key, value)
        return value


def set_with_cache(cache, store, key, value):
    with held(cache.lock):
        cache.discard(key)
        store.set(key, value)
