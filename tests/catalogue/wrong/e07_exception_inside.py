# diagnosis: lock-not-released, exception
# raises inside the lock for a counter of 2**32 and more, and does not release

import struct


def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        semaphore.acquire()
        value = int.from_bytes(memory[0:8], "little")
        memory[0:4] = struct.pack("<I", value + 1)
        semaphore.release()
