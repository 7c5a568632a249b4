# right: one critical section around all increments

def increment_without_lock(memory, times):
    for _ in range(times):
        memory[:8] = (int.from_bytes(memory[:8], "little") + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    with semaphore:
        increment_without_lock(memory, times)
