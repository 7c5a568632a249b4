# diagnosis: wrong-result
# the version without a lock takes one of its own

import posix_ipc


def increment_without_lock(memory, times):
    lock = posix_ipc.Semaphore("/e07-hidden", posix_ipc.O_CREAT, initial_value=1)
    for _ in range(times):
        with lock:
            value = int.from_bytes(memory[0:8], "little")
            memory[0:8] = (value + 1).to_bytes(8, "little")
    lock.close()
    try:
        lock.unlink()
    except posix_ipc.ExistentialError:
        pass


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        with semaphore:
            value = int.from_bytes(memory[0:8], "little")
            memory[0:8] = (value + 1).to_bytes(8, "little")
