# diagnosis: lost-update
# reads once at the beginning and counts by itself

def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    value = int.from_bytes(memory[0:8], "little")
    for _ in range(times):
        with semaphore:
            value += 1
            memory[0:8] = value.to_bytes(8, "little")
