"""What happens when two processes add to one number?

A counter in shared memory is eight bytes that several processes may change. Adding one to it is three
steps, and none of them knows of the others:

    read the number        41          another process reads 41 here, too,
    add one                42          adds one, and writes 42
    write the number       42: one of the two is lost

With a lock, a semaphore whose value is 1, the three steps belong together: who comes second waits until
who came first has written.

    increment_with_lock(memory, semaphore, 1000)

Read more: man 7 sem_overview, man 3 sem_wait.
"""

import mmap
import struct
from contextlib import AbstractContextManager

COUNTER = struct.Struct("<Q")  # eight bytes, unsigned, the lowest first


def add_one(memory: mmap.mmap) -> None:
    """Read, add, write: three steps, with room for another process between them."""
    (number,) = COUNTER.unpack_from(memory, 0)
    memory[: COUNTER.size] = COUNTER.pack(number + 1)


def increment_without_lock(memory: mmap.mmap, times: int) -> None:
    """Add one, `times` times; updates may be lost when another process does the same."""
    for _ in range(times):
        add_one(memory)


def increment_with_lock(
    memory: mmap.mmap, semaphore: AbstractContextManager[object], times: int
) -> None:
    """Add one, `times` times, each time as the only one of all who use this lock."""
    for _ in range(times):
        with semaphore:
            add_one(memory)
