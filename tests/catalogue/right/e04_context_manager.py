# right: a context manager of its own that drops the key when the block fails

from contextlib import contextmanager


@contextmanager
def changing(cache, key):
    with cache.lock:
        try:
            yield
        except BaseException:
            cache.discard(key)
            raise


def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is None:
        with cache.lock:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
    return value


def set_with_cache(cache, store, key, value):
    with changing(cache, key):
        store.set(key, value)
        cache.put(key, value)
