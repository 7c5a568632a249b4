# right: a ctypes integer laid over the memory

import ctypes


def increment_without_lock(memory, times):
    counter = ctypes.c_uint64.from_buffer(memory, 0)
    for _ in range(times):
        counter.value += 1
    del counter


def increment_with_lock(memory, semaphore, times):
    counter = ctypes.c_uint64.from_buffer(memory, 0)
    for _ in range(times):
        with semaphore:
            counter.value += 1
    del counter
