# diagnosis: wrong-result
# writes sixteen bytes

def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:16] = (value + 1).to_bytes(16, "little")


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        with semaphore:
            value = int.from_bytes(memory[0:8], "little")
            memory[0:16] = (value + 1).to_bytes(16, "little")
