# diagnosis: lost-update, invariant, hang
# a flag byte instead of the lock: tests it, then sets it

def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    flag = len(memory) - 1
    for _ in range(times):
        while memory[flag]:
            pass
        memory[flag] = 1
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")
        memory[flag] = 0
