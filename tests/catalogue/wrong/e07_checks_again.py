# diagnosis: lost-update
# reads back what it wrote and repeats if it differs

def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        while True:
            value = int.from_bytes(memory[0:8], "little")
            memory[0:8] = (value + 1).to_bytes(8, "little")
            if int.from_bytes(memory[0:8], "little") == value + 1:
                break
