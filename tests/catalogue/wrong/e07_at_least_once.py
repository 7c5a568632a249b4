# diagnosis: wrong-result
# increments once even if told to do nothing

def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    while True:
        with semaphore:
            increment_without_lock(memory, 1)
        times -= 1
        if times <= 0:
            break
