# right: recursion instead of a loop, in portions

def once(memory):
    memory[0:8] = (int.from_bytes(memory[0:8], "little") + 1).to_bytes(8, "little")


def increment_without_lock(memory, times):
    if times == 1:
        once(memory)
    elif times:
        increment_without_lock(memory, times // 2)
        increment_without_lock(memory, times - times // 2)


def increment_with_lock(memory, semaphore, times):
    if times == 1:
        with semaphore:
            once(memory)
    elif times:
        increment_with_lock(memory, semaphore, times // 2)
        increment_with_lock(memory, semaphore, times - times // 2)
