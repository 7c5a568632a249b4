# diagnosis: wrong-result, lost-update, invariant
# skips the increment when the lock is busy

import posix_ipc


def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        try:
            semaphore.acquire(0)
        except posix_ipc.BusyError:
            continue
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")
        semaphore.release()
