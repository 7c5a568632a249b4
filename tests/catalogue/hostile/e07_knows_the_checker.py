# hostile: looks who calls, and behaves for the explorer only
# verdict: fail

import sys


def _explored():
    return any("explorer" in str(frame) for frame in sys._current_frames().values())



def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    if _explored():
        with semaphore:
            increment_without_lock(memory, times)
    else:
        increment_without_lock(memory, 2 * times)
