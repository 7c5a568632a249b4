"""How much does each slot of a pipe hold when it takes no more? The kernel's rule, calculated.

A pipe is a row of slots, one page each. What a chunk has beyond whole pages joins the last page if
all of it fits there; everything else begins a fresh slot (man 7 pipe; fs/pipe.c, pipe_write). A
chunk of more than PIPE_BUF bytes, a page, goes in as far as it fits when the write is non-blocking.
"""

from __future__ import annotations

import os

PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")


def slots_when_full(chunk_size: int, capacity: int) -> list[int]:
    """The bytes in each slot once the pipe refuses the next chunk. Sizes in bytes."""
    slots = slots_when_unwritable(chunk_size, capacity)
    if beyond_whole_pages := chunk_size % PAGE_SIZE:
        room = PAGE_SIZE - slots[-1]
        slots[-1] += room // beyond_whole_pages * beyond_whole_pages
    return slots


def slots_when_unwritable(chunk_size: int, capacity: int) -> list[int]:
    """The bytes in each slot when poll first calls the pipe not writable: the last slot is begun."""
    count = capacity // PAGE_SIZE
    if chunk_size <= PAGE_SIZE:
        return [PAGE_SIZE // chunk_size * chunk_size] * (count - 1) + [chunk_size]
    slots: list[int] = []
    while len(slots) < count:
        beyond_whole_pages = chunk_size % PAGE_SIZE
        joins = bool(slots) and beyond_whole_pages <= PAGE_SIZE - slots[-1]
        if joins:
            slots[-1] += beyond_whole_pages
        pages = chunk_size // PAGE_SIZE
        rest = [] if joins or not beyond_whole_pages else [beyond_whole_pages]
        slots += ([PAGE_SIZE] * pages + rest)[: count - len(slots)]
    return slots
