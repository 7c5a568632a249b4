"""Which way of filling a pipe leaves just so many bytes in it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ipclab.experiments.pipe_model import slots_when_full, slots_when_unwritable


def filled_until_refused(chunk: int, capacity: int) -> int:
    """Bytes in a pipe that took chunks of this size until it refused one whole."""
    return sum(slots_when_full(chunk, capacity))


def filled_while_writable(chunk: int, capacity: int) -> int:
    """Bytes in a pipe that took chunks of this size while poll called it writable."""
    return sum(slots_when_unwritable(chunk, capacity))


def explaining_chunk(fill: Callable[[int, int], int], found: Mapping[int, int]) -> int | None:
    """The largest chunk with which `fill` gives just the sizes `found` (by capacity), if any."""
    # The first chunk goes in whole, or fills the pipe.
    not_full = [size for capacity, size in found.items() if size < capacity]
    largest = min(not_full, default=max(found.values(), default=0))
    for chunk in range(largest, 0, -1):
        if all(fill(chunk, capacity) == size for capacity, size in found.items()):
            return chunk
    return None
