"""Exercise 4: a cache that several workers share, beside a store that is slow."""

from __future__ import annotations

from ipclab.exercises.exercise import Exercise

from .meanings import MEANINGS
from .requirements import REQUIREMENTS

STUB = '''
def get_with_cache(cache, store, key: bytes) -> bytes | None:
    """The value of a key, from the cache if it is there, else from the store; None if there is none."""
    raise NotImplementedError


def set_with_cache(cache, store, key: bytes, value: bytes) -> None:
    """Store a value; once this has returned, no get that begins later returns an older one."""
    raise NotImplementedError
'''

SPEC = (
    "Write the two functions with which the workers of a database read and write through a cache. All workers"
    " share `cache` and `store`. The cache has `get(key)` (None when it is not there), `put(key, value)` and"
    " `discard(key)`, each whole in itself, and `cache.lock`, with acquire, release and `with`, which may not be"
    " taken twice. The store has `get(key)` and `set(key, value)`; it is slow, and always right. Once a set has"
    " returned, no get that begins later returns an older value. A hit does not touch the store, and a get that"
    ' found the value in the store leaves it in the cache. An absent key is None, and `b""` is a value.'
    " When the store raises, the exception reaches the caller, no lock stays held, and the cache holds nothing"
    " that the store may not: a set that raised may have written. Going further: `lease = cache.lease(key)`"
    " and `cache.put(key, value, lease)`, which is refused when the key was set or discarded since."
    " About 20 lines."
)

HINTS = (
    "Write it for one worker first: get asks the cache, then the store, and fills the cache; set writes to the"
    ' store, then to the cache. Mind `None` and `b""`: only one of them means that nothing is there.',
    "Now let another worker's set, from beginning to end, come between any two lines of your get. What does the"
    " cache hold afterwards, and for how long? And what if two sets write in one order and fill in the other?",
    "What must not be torn apart: the question to the store and the fill of the cache; the write to the store and"
    " the change of the cache. `with cache.lock:` around each pair keeps them together, and lets go when the"
    " store raises.",
    "When store.set raises, nobody knows whether it has written. Then neither the old nor the new value may stay"
    " in the cache: discard the key before you write, or in a finally.",
    "get: ask the cache, return a hit; `with cache.lock:` ask it again, as the wait may have been long, then ask"
    " the store, and put what is not None. set: `with cache.lock:` discard, store.set, put.",
)

CHOICES = {
    "a": "the value of the set, as it came last",
    "b": "the old value, until somebody sets the key again",
    "c": "the old value once, then the store is asked again",
}

EXERCISE = Exercise(
    number=4,
    slug="database-cache",
    title="A copy that must not lie",
    stars=2,
    names=("get_with_cache", "set_with_cache"),
    stub=STUB,
    spec=SPEC,
    hints=HINTS,
    model="ipclab.ipc.caching",
    choices=CHOICES,
    meanings=MEANINGS,
    requirements=REQUIREMENTS,
)
