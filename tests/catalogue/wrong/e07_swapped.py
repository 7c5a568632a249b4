# diagnosis: exception, wrong-result, lost-update
# the names are swapped

def increment_without_lock(memory, times):
    raise TypeError("expects a semaphore")


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")
