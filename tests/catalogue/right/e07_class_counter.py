# right: a class with a property

class Counter:
    def __init__(self, memory):
        self._memory = memory

    @property
    def value(self):
        return int.from_bytes(self._memory[0:8], "little", signed=False)

    @value.setter
    def value(self, number):
        self._memory[0:8] = number.to_bytes(8, "little")


def increment_without_lock(memory, times):
    counter = Counter(memory)
    for _ in range(times):
        counter.value += 1


def increment_with_lock(memory, semaphore, times):
    counter = Counter(memory)
    for _ in range(times):
        with semaphore:
            counter.value += 1
