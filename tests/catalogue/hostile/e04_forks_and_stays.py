# hostile: leaves a sleeping child behind
# verdict: fail

import os
import time


def get_with_cache(cache, store, key):
    with cache.lock:
        value = cache.get(key)
        if value is None:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
        return value


def set_with_cache(cache, store, key, value):
    if os.fork() == 0:
        time.sleep(30)
        os._exit(0)
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        cache.put(key, value)
