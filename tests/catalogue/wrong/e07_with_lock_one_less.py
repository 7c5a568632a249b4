# diagnosis: wrong-result
# the version with the lock counts one less

def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    for _ in range(1, times):
        with semaphore:
            value = int.from_bytes(memory[0:8], "little")
            memory[0:8] = (value + 1).to_bytes(8, "little")
