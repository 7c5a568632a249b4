# right: a class over cache and store, made for each call

class Cached:
    def __init__(self, cache, store):
        self.cache = cache
        self.store = store

    def load(self, key):
        with self.cache.lock:
            found = self._look(key)
            return found if found is not None else self._fill(key)

    def save(self, key, value):
        with self.cache.lock:
            self.cache.discard(key)
            self.store.set(key, value)

    def _look(self, key):
        return self.cache.get(key)

    def _fill(self, key):
        found = self.store.get(key)
        if found is not None:
            self.cache.put(key, found)
        return found


def get_with_cache(cache, store, key):
    return Cached(cache, store).load(key)


def set_with_cache(cache, store, key, value):
    Cached(cache, store).save(key, value)
