# right: the lock taken by a decorator that uses functools.wraps

import functools


def locked(function):
    @functools.wraps(function)
    def inside(memory, semaphore, times):
        for _ in range(times):
            with semaphore:
                function(memory, semaphore, 1)

    return inside


def increment_without_lock(memory, times):
    for _ in range(times):
        value = int.from_bytes(memory[0:8], "little")
        memory[0:8] = (value + 1).to_bytes(8, "little")


@locked
def increment_with_lock(memory, semaphore, times):
    increment_without_lock(memory, times)
