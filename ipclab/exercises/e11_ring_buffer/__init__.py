"""Exercise 11: a ring buffer in shared memory, one producer and many consumers."""

from __future__ import annotations

from ipclab.exercises.exercise import Exercise

from .meanings import MEANINGS
from .requirements import REQUIREMENTS

STUB = '''
class RingBuffer:
    """Items from one producer to many consumers, each to exactly one of them."""

    @classmethod
    def create(cls, name, capacity, item_size):
        """Make the buffer, for `capacity` items of at most `item_size` bytes."""
        raise NotImplementedError

    @classmethod
    def attach(cls, name):
        """Use the buffer that another process has made."""
        raise NotImplementedError

    def put(self, item):
        """Append an item; wait while the buffer is full."""
        raise NotImplementedError

    def finish(self):
        """Nothing will be put any more."""
        raise NotImplementedError

    def get(self):
        """Take the oldest item; wait while there is none. None: there will be none any more."""
        raise NotImplementedError

    def close(self):
        """Give up this process's part of it."""
        raise NotImplementedError

    def unlink(self):
        """Remove all names that create has made."""
        raise NotImplementedError
'''

SPEC = (
    "Write a class `RingBuffer` through which one producer hands items, bytes each, to any number of consumers,"
    " which are other processes. `create(name, capacity, item_size)` and `attach(name)` are class methods and"
    " return a buffer: the producer creates it, consumers attach. `put(item)` waits while `capacity` items are in"
    " it, and raises ValueError for an item of more than `item_size` bytes. `get()` waits while there is none;"
    " each item goes to exactly one consumer, byte for byte, and each consumer gets its items in the producer's"
    " order. After `finish()`, which is called once, and when all items are taken, get returns None: to everybody,"
    " each time, also to a consumer that attaches later. `close()` gives up the process's mapping and descriptors,"
    " `unlink()` removes all names that create made. Nobody else uses the name when create is called, but a crash may"
    " have left something under it, which is replaced. Every name that exercise 2 accepts works, the longest, of"
    " 251 bytes, as well. About 80 lines."
)

HINTS = (
    "Two things are counted: places that are free, and items that are there. A semaphore is a number that nobody"
    " can take below zero: who would, sleeps. With which values do they begin, and who takes and gives which one?",
    "The memory: a few numbers first (capacity, item_size, head, tail), then `capacity` places. Item number n"
    " goes to place n % capacity if head and tail only ever grow. Keep each item's length in front of it. Where"
    " somebody may look without a lock, write m[a:b] = struct.pack(…): struct.pack_into clears its bytes first.",
    "The order decides. put: take a free place, write the item, move tail, and only then tell of it. get: take an"
    " item, copy it, move head, and only then give the place back. Consumers keep one another out with a lock; they"
    " take it after they have waited, not before.",
    "The end: finish posts once more, without an item. A consumer that is woken and finds head == tail returns"
    " None, and posts again for the next one.",
    "Names: unlink memory and semaphores before you make them, and ignore posix_ipc.ExistentialError. For the"
    " semaphores take a digest of the name, such as hashlib.blake2s(name.encode()).hexdigest(): it is short"
    " however long the name is.",
)

CHOICES = {
    "a": "a lock around everything, and a look every millisecond: sleeping costs nothing",
    "b": "semaphores that wake whoever waits: nobody looks in vain",
    "c": "many items at a time: one wake-up for all of them",
}

EXERCISE = Exercise(
    number=11,
    slug="ring-buffer",
    title="One who gives, many who take",
    stars=3,
    names=("RingBuffer",),
    stub=STUB,
    spec=SPEC,
    hints=HINTS,
    model="ipclab.ipc.ring_buffer.taught",
    choices=CHOICES,
    meanings=MEANINGS,
    requirements=REQUIREMENTS,
)
