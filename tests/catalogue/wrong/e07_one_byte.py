# diagnosis: wrong-result, exception
# counts in the first byte only

def _bump(memory):
    memory[0] = (memory[0] + 1) % 256


def increment_without_lock(memory, times):
    for _ in range(times):
        _bump(memory)


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        with semaphore:
            _bump(memory)
