# diagnosis: busy-wait
# asks for the lock without a pause

import posix_ipc


def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        while True:
            try:
                semaphore.acquire(0)
                break
            except posix_ipc.BusyError:
                pass
        try:
            increment_without_lock(memory, 1)
        finally:
            semaphore.release()
