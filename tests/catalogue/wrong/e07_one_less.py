# diagnosis: wrong-result
# counts one less than told

def increment_without_lock(memory, times):
    for _ in range(times - 1):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        with semaphore:
            value = int.from_bytes(memory[0:8], "little")
            memory[0:8] = (value + 1).to_bytes(8, "little")
