# diagnosis: exception
# calls itself for each turn: about a thousand calls can be nested

def increment_without_lock(memory, times):
    for _ in range(times):
        number = int.from_bytes(memory[:8], "little")
        memory[:8] = (number + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    if times == 0:
        return
    with semaphore:
        increment_without_lock(memory, 1)
    increment_with_lock(memory, semaphore, times - 1)
