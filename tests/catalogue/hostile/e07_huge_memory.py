# hostile: asks for 8 GB
# verdict: fail

def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    bytes(8 << 30)
    increment_without_lock(memory, times)
