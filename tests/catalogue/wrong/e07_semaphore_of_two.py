# diagnosis: lost-update
# a semaphore of its own name, created with the value 2

import posix_ipc


def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    two = posix_ipc.Semaphore("/two-may-enter", posix_ipc.O_CREAT, initial_value=2)
    for _ in range(times):
        with two:
            value = int.from_bytes(memory[0:8], "little")
            memory[0:8] = (value + 1).to_bytes(8, "little")
    two.close()
    try:
        two.unlink()
    except posix_ipc.ExistentialError:
        pass
