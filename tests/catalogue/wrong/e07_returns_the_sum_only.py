# diagnosis: wrong-result
# returns the new value and does not store it

def increment_without_lock(memory, times):
    return int.from_bytes(memory[0:8], "little") + times


def increment_with_lock(memory, semaphore, times):
    with semaphore:
        return increment_without_lock(memory, times)
