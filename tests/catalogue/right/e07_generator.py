# right: a generator that holds the lock while it yields

def turns(semaphore, times):
    for turn in range(times):
        with semaphore:
            yield turn


def increment_without_lock(memory, times):
    for _ in range(times):
        low = memory[0:8]
        memory[0:8] = (int.from_bytes(low, "little") + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    for _ in turns(semaphore, times):
        increment_without_lock(memory, 1)
