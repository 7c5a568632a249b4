# diagnosis: lost-update
# the first increment stands before the loop and the lock

def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    if times:
        increment_without_lock(memory, 1)
    for _ in range(times - 1):
        with semaphore:
            increment_without_lock(memory, 1)
