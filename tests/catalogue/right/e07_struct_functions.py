# right: struct.pack_into and unpack_from, acquire and release in try/finally

import struct


def increment_without_lock(memory, times):
    for _ in range(times):
        (value,) = struct.unpack_from("<Q", memory, 0)
        struct.pack_into("<Q", memory, 0, value + 1)


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        semaphore.acquire()
        try:
            (value,) = struct.unpack_from("<Q", memory, 0)
            struct.pack_into("<Q", memory, 0, value + 1)
        finally:
            semaphore.release()
