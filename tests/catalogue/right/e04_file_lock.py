# right: a lock of the kernel on its own file, which all workers can open

import fcntl
from contextlib import contextmanager


@contextmanager
def locked():
    with open(__file__) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def get_with_cache(cache, store, key):
    with locked():
        value = cache.get(key)
        if value is None and (value := store.get(key)) is not None:
            cache.put(key, value)
        return value


def set_with_cache(cache, store, key, value):
    with locked():
        cache.discard(key)
        store.set(key, value)
