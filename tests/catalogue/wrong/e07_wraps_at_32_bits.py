# diagnosis: wrong-result
# a 32-bit counter that wraps around

import struct


def _bump(memory):
    (value,) = struct.unpack_from("<I", memory)
    struct.pack_into("<I", memory, 0, (value + 1) % (1 << 32))


def increment_without_lock(memory, times):
    for _ in range(times):
        _bump(memory)


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        with semaphore:
            _bump(memory)
