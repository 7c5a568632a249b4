# diagnosis: wrong-result
# counts at offset 8

def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[8:16], "little")
        memory[8:16] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        with semaphore:
            value = int.from_bytes(memory[8:16], "little")
            memory[8:16] = (value + 1).to_bytes(8, "little")
