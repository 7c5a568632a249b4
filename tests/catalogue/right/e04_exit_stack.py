# right: an ExitStack for the lock and the clean-up

from contextlib import ExitStack


def get_with_cache(cache, store, key):
    with ExitStack() as stack:
        stack.enter_context(cache.lock)
        value = cache.get(key)
        if value is not None:
            return value
        value = store.get(key)
        if value is not None:
            cache.put(key, value)
        return value


def set_with_cache(cache, store, key, value):
    with ExitStack() as stack:
        stack.enter_context(cache.lock)
        undo = stack.enter_context(ExitStack())
        undo.callback(cache.discard, key)
        store.set(key, value)
        cache.put(key, value)
        undo.pop_all()
