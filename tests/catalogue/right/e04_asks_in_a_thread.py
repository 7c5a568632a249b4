# right: the store is asked in a thread of its own

from concurrent.futures import ThreadPoolExecutor

def get_with_cache(cache, store, key):
    with cache.lock:
        v = cache.get(key)
        if v is None:
            with ThreadPoolExecutor(1) as pool:
                v = pool.submit(store.get, key).result()
            if v is not None:
                cache.put(key, v)
        return v

def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
