# right: the lock taken by a decorator

import functools


def locked(function):
    @functools.wraps(function)
    def inside(cache, *rest):
        with cache.lock:
            return function(cache, *rest)

    return inside


@locked
def _miss(cache, store, key):
    value = store.get(key)
    if value is not None:
        cache.put(key, value)
    return value


@locked
def set_with_cache(cache, store, key, value):
    cache.discard(key)
    store.set(key, value)
    cache.put(key, value)


def get_with_cache(cache, store, key):
    value = cache.get(key)
    return _miss(cache, store, key) if value is None else value
