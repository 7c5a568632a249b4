# right: a memoryview cast to 64-bit words, augmented assignment

def increment_without_lock(memory, times):
    with memoryview(memory)[:8] as view, view.cast("Q") as words:
        for _ in range(times):
            words[0] += 1


def increment_with_lock(memory, semaphore, times):
    with memoryview(memory)[:8] as view, view.cast("Q") as words:
        for _ in range(times):
            with semaphore:
                words[0] += 1
