# diagnosis: exception
# waits for the lock for 1.5 s at most, then BusyError reaches the caller

def increment_without_lock(memory, times):
    for _ in range(times):
        number = int.from_bytes(memory[:8], "little")
        memory[:8] = (number + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        semaphore.acquire(1.5)
        try:
            increment_without_lock(memory, 1)
        finally:
            semaphore.release()
