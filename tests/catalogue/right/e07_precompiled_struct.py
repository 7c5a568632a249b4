# right: a precompiled Struct at module level

from struct import Struct

COUNTER = Struct("<Q")


def _bump(memory):
    COUNTER.pack_into(memory, 0, COUNTER.unpack_from(memory, 0)[0] + 1)


def increment_without_lock(memory, times):
    for _ in range(times):
        _bump(memory)


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        with semaphore:
            _bump(memory)
