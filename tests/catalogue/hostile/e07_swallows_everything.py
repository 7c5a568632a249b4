# hostile: catches every exception and goes on
# verdict: fail

def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    while True:
        try:
            while True:
                semaphore.acquire()
        except BaseException:
            pass
