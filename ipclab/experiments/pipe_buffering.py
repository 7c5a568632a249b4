"""How much can you write before somebody reads? The experiments of notebook 9.

Each function measures in a process of its own and returns a frozen result (pipe_results.py) that
prints as a table and draws itself: `result.plot()`. man 7 pipe, "Pipe capacity".
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ipclab.experiments import pipe_filling, pipe_transfers
from ipclab.experiments.measure import measure
from ipclab.experiments.pipe_model import PAGE_SIZE, slots_when_full
from ipclab.experiments.pipe_results import (
    ByChunkSize,
    ByPagesHeld,
    ByRequestedSize,
    PacketMode,
    Readiness,
    Staircase,
    Throughput,
    landmarks,
)

__all__ = [
    "PAGE_SIZE",
    "by_chunk_size",
    "by_pages_held",
    "by_requested_size",
    "packet_mode",
    "readiness",
    "slots_when_full",
    "staircase",
    "throughput",
]


def by_chunk_size(chunk_sizes: Sequence[int] = ()) -> ByChunkSize:
    """How much does an empty pipe accept, by the size of the chunks that it is filled with?

    Chunk sizes in bytes; unless told, all parts of up to three pages, in steps of 1/256 page.
    """
    step = PAGE_SIZE // 256
    sizes = chunk_sizes or sorted({*landmarks(), *range(4 * step, 3 * PAGE_SIZE + 1, step)})
    capacity, accepted = measure(pipe_filling.accepted_by_chunk_size, list(sizes))
    predicted = {size: sum(slots_when_full(size, capacity)) for size in accepted}
    return ByChunkSize(capacity, accepted, predicted)


def by_requested_size() -> ByRequestedSize:
    """Which capacity does a pipe get when you ask for one? man 2 fcntl, F_SETPIPE_SZ.

    Asked without privileges, where the sandbox can take them away: root may do more.
    """
    limit = pipe_filling.pipe_max_size()
    powers = [1 << bits for bits in range((4 * limit).bit_length())]
    between = {
        low + (high - low) * part // 4 for low, high in pairwise(powers) for part in (1, 2, 3)
    }
    sizes = {*powers, *between, 5_000, 100_000, limit, limit + 1}
    granted, privileged = measure(
        pipe_filling.granted_by_requested_size, sorted(sizes), sealed=True
    )
    slots, held, granted_in_use = measure(pipe_filling.granted_while_in_use)
    return ByRequestedSize(limit, privileged, granted, slots, held, granted_in_use)


def by_pages_held() -> ByPagesHeld:
    """How large is a new pipe when its user has many already? man 7 pipe, pipe-user-pages-soft.

    Not for a machine where others measure: until it returns (milliseconds), an ordinary user has no
    pages left for other pipes. Root tries it as another user and disturbs nobody.
    """
    points = measure(pipe_filling.capacity_by_pages_held)
    return ByPagesHeld(pipe_filling.pipe_user_pages_soft(), tuple(points))


def packet_mode() -> PacketMode:
    """How much fits in when every write is kept apart? man 2 pipe, O_DIRECT."""
    sizes = [1 << bits for bits in range(PAGE_SIZE.bit_length())]
    return PacketMode(*measure(pipe_filling.accepted_in_packet_mode, sizes))


def readiness() -> Readiness:
    """Does "not ready for writing" mean full? man 2 poll, man 2 select."""
    return Readiness(*measure(pipe_filling.accepted_by_readiness))


def staircase(pages: int = 8, pace: float = 0.012) -> Staircase:
    """How does a fast writer get on when the reader takes a quarter page every `pace` seconds?

    The writer, in quarter pages too, writes the pipe's capacity and `pages` pages more.
    """
    chunk_size = PAGE_SIZE // 4
    capacity, writes, reads = measure(
        pipe_transfers.slow_reader, chunk_size, pages * PAGE_SIZE, pace
    )
    return Staircase(capacity, chunk_size, pace, tuple(writes), tuple(reads))


def throughput(rounds: int = 5, seconds: float = 0.004) -> Throughput:
    """How many bytes a second go through a pipe, by chunk size and by capacity?

    Each measurement moves bytes for `seconds`; each round visits every combination once.
    """
    largest = min(1 << 20, pipe_filling.pipe_max_size())
    capacities = sorted({PAGE_SIZE, min(16 * PAGE_SIZE, largest), largest})
    chunk_sizes = [64, 512, 4_096, 32_768, 262_144]
    rates = measure(pipe_transfers.transfer_rates, capacities, chunk_sizes, rounds, seconds)
    return Throughput(rounds, seconds, rates)
