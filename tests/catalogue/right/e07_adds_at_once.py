# right: adds all of it in one step, under the lock

def increment_without_lock(memory, times):
    value = int.from_bytes(memory[:8], "little")
    memory[:8] = (value + times).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    semaphore.acquire()
    try:
        increment_without_lock(memory, times)
    finally:
        semaphore.release()
