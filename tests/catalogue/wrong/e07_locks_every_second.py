# diagnosis: lost-update
# takes the lock every second time only

def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    for turn in range(times):
        if turn % 2 == 0:
            with semaphore:
                increment_without_lock(memory, 1)
        else:
            increment_without_lock(memory, 1)
