"""Which way of filling a pipe leaves just so many bytes in it? A model of the kernel's page slots.

A pipe has one slot a page. A write fills slots with whole pages and one rest; a later write goes
into the last slot first, if its own rest fits there (man 7 pipe; fs/pipe.c, pipe_write).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

PAGE = os.sysconf("SC_PAGE_SIZE")


def filled_until_refused(chunk: int, capacity: int) -> int:
    """Bytes in a pipe that took chunks of this size until it refused one whole.

    A write of up to PIPE_BUF bytes (a page) is all or nothing; a longer, non-blocking one puts in
    what fits.
    """
    slots, last, total = capacity // PAGE, PAGE, 0
    if chunk <= PAGE:
        return slots * (PAGE // chunk) * chunk
    while True:
        rest = chunk % PAGE
        merged = rest if last + rest <= PAGE else 0
        fresh = min(chunk - merged, slots * PAGE)
        if merged + fresh == 0:
            return total
        total += merged + fresh
        last = (fresh % PAGE or PAGE) if fresh else last + merged
        slots -= -(-fresh // PAGE)


def filled_while_writable(chunk: int, capacity: int) -> int:
    """Bytes in a pipe that took chunks while poll called it writable: while a slot was free."""
    each = PAGE // chunk * chunk if chunk <= PAGE else chunk
    return (capacity // PAGE - 1) * each + min(chunk, PAGE)


def explaining_chunk(fill: Callable[[int, int], int], found: Mapping[int, int]) -> int | None:
    """The largest chunk with which `fill` gives just the sizes `found` (by capacity), if any."""
    for chunk in range(max(found.values(), default=0), 0, -1):
        if all(fill(chunk, capacity) == size for capacity, size in found.items()):
            return chunk
    return None
