# right: a context manager of its own around acquire and release

import struct
from contextlib import contextmanager


@contextmanager
def held(semaphore):
    semaphore.acquire()
    try:
        yield
    finally:
        semaphore.release()


def add_one(memory):
    value = struct.unpack("<Q", memory[0:8])[0]
    memory[0:8] = struct.pack("<Q", value + 1)


def increment_without_lock(memory, times):
    for _ in range(times):
        add_one(memory)


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        with held(semaphore):
            add_one(memory)
