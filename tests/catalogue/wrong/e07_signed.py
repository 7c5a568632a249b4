# diagnosis: exception, wrong-result
# a signed counter, which ends at 2**63

def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little", signed=True)
        memory[0:8] = (value + 1).to_bytes(8, "little", signed=True)


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        with semaphore:
            value = int.from_bytes(memory[0:8], "little", signed=True)
            memory[0:8] = (value + 1).to_bytes(8, "little", signed=True)
