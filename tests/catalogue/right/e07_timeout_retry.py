# right: acquires with a time limit, and tries again when it passes

import posix_ipc


def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def take(semaphore):
    while True:
        try:
            return semaphore.acquire(0.5)
        except posix_ipc.BusyError:
            continue


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        take(semaphore)
        try:
            increment_without_lock(memory, 1)
        finally:
            semaphore.release()
