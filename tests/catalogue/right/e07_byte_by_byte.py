# right: carries from byte to byte by hand

def add_one(memory):
    for place in range(8):
        if memory[place] < 255:
            memory[place] += 1
            return
        memory[place] = 0


def increment_without_lock(memory, times):
    for _ in range(times):
        add_one(memory)


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        with semaphore:
            add_one(memory)
