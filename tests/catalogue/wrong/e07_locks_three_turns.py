# diagnosis: lost-update
# takes the lock in the first three turns only

import struct


def increment_without_lock(memory, times):
    for _ in range(times):
        n = struct.unpack_from("<Q", memory)[0]
        struct.pack_into("<Q", memory, 0, n + 1)


def increment_with_lock(memory, semaphore, times):
    for turn in range(times):
        if turn < 3:
            with semaphore:
                increment_without_lock(memory, 1)
        else:
            increment_without_lock(memory, 1)
