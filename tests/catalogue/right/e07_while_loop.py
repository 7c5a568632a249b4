# right: counts down in a while loop; seek and read

def _read(memory):
    memory.seek(0)
    return int.from_bytes(memory.read(8), "little")


def _write(memory, value):
    memory.seek(0)
    memory.write(value.to_bytes(8, "little"))


def increment_without_lock(memory, times):
    while times > 0:
        _write(memory, _read(memory) + 1)
        times -= 1


def increment_with_lock(memory, semaphore, times):
    while times > 0:
        with semaphore:
            _write(memory, _read(memory) + 1)
        times -= 1
