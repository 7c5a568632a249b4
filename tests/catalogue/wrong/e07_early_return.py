# diagnosis: lock-not-released
# returns early with the lock held when there is nothing to do

def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    semaphore.acquire()
    if times == 0:
        return
    increment_without_lock(memory, times)
    semaphore.release()
