# diagnosis: lost-update
# the last increment comes after the lock is given back

def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    for turn in range(times):
        semaphore.acquire()
        if turn == times - 1:
            semaphore.release()
        increment_without_lock(memory, 1)
        if turn < times - 1:
            semaphore.release()
