# diagnosis: lock-not-released
# returns from inside the loop before it releases

def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    done = 0
    while True:
        semaphore.acquire()
        if done == times:
            return
        increment_without_lock(memory, 1)
        done += 1
        semaphore.release()
