# diagnosis: lost-update
# each call makes a semaphore of its own

import posix_ipc


def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    own = posix_ipc.Semaphore(None, posix_ipc.O_CREX, initial_value=1)
    for _ in range(times):
        with own:
            value = int.from_bytes(memory[0:8], "little")
            memory[0:8] = (value + 1).to_bytes(8, "little")
    own.unlink()
    own.close()
