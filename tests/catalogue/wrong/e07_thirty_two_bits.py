# diagnosis: wrong-result, exception
# a 32-bit counter

def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:4], "little")
        memory[0:4] = (value + 1).to_bytes(4, "little")


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        with semaphore:
            value = int.from_bytes(memory[0:4], "little")
            memory[0:4] = (value + 1).to_bytes(4, "little")
