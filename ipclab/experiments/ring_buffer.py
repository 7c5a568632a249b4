"""How fast can two processes talk? The experiments of notebook 11.

Each function measures in processes apart from the notebook and returns a frozen result
(ring_buffer_results.py) that prints as a table; most draw themselves, too: `result.plot()`.
`killed_inside_get` returns the run itself. man 7 shm_overview, man 7 sem_overview.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ipclab.experiments import (
    ring_buffer_deaths,
    ring_buffer_figures,
    ring_buffer_trials,
    ring_buffer_ways,
)  # fmt: skip
from ipclab.experiments.measure import PATIENCE, measure
from ipclab.experiments.ring_buffer_results import (
    Concatenation,
    Deaths,
    FillLevels,
    Ladder,
    Layout,
    Shares,
    Waiting,
)  # fmt: skip
from ipclab.sandbox import Run, run

__all__ = [
    "concatenation", "deaths", "fill_levels", "killed_inside_get", "ladder", "layout", "shares", "speeds", "waiting",
]  # fmt: skip

BATCH = ring_buffer_ways.BATCH
# Messages in a measurement: some milliseconds of work on an idle machine.
COUNTS = dict.fromkeys(ring_buffer_ways.WAYS, 1_000) | {ring_buffer_ways.BATCHES: 15_000}
SIZES = (8, 64, 512, 4096, 1 << 14, 1 << 16)
WORDS = (b"one", b"two", b"three", b"four", b"five", b"six")
REST = 0.002  # seconds: what a slow process does between two items
PACES = {
    "a fast producer": (0.0, REST),
    "both alike": (REST, REST),
    "a fast consumer": (REST, 0.0),
}  # name -> rest of the producer, of the consumer


def layout(items: Sequence[bytes] = WORDS, taken: int = 3) -> Layout:
    """What stands in the memory of a buffer of four slots after `items` were put and the first ones taken?

    Raises ValueError if more than four would be in it, or an item has more than 8 bytes.
    """
    if not 0 <= len(items) - taken <= 4:
        raise ValueError(f"{len(items)} items put, {taken} taken: 0 to 4 must be left")
    if max(map(len, items), default=0) > 8:
        raise ValueError("an item has at most 8 bytes here")
    memory = measure(ring_buffer_trials.bytes_of_a_buffer, 4, 8, list(items), taken)
    return Layout(memory, tuple(items))


def waiting(rounds: int = 5, seconds: float = 0.02) -> Waiting:
    """What does it cost to wait for an item that comes after `seconds`, and who notices it soon?"""
    found = measure(ring_buffer_trials.waits, rounds, seconds)
    return Waiting(
        seconds,
        {name: tuple((int(a), int(b), c, d) for a, b, c, d in each) for name, each in found},
    )


def fill_levels(capacity: int = 8, count: int = 30) -> FillLevels:
    """How full is a buffer whose producer is fast, whose consumer is fast, or neither?"""
    levels = {}
    for name, rests in PACES.items():
        found = measure(ring_buffer_trials.fill_levels, capacity, count, *rests)
        levels[name] = tuple((when, level) for when, level in found)
    return FillLevels(capacity, levels)


def speeds() -> Any:
    """Sliders for both speeds and the capacity; whenever one is moved, two processes run again."""
    return ring_buffer_figures.sliders(_at_speeds)


def _at_speeds(producer: int, consumer: int, capacity: int) -> FillLevels:
    """One run; both rests in milliseconds."""
    found = measure(ring_buffer_trials.fill_levels, capacity, 40, producer / 1000, consumer / 1000)
    return FillLevels(capacity, {"your speeds": tuple((when, level) for when, level in found)})


def shares(consumers: int = 3, items: int = 1_200, rounds: int = 4) -> Shares:
    """Do several consumers get the same number of items? That each item came once, and in order, is checked."""
    found = measure(ring_buffer_trials.shares, consumers, items, rounds)
    return Shares(items, {name: tuple(map(tuple, each)) for name, each in found})


def ladder(rounds: int = 5, yours: type | None = None) -> Ladder:
    """How many messages a second pass, from a lock and a look to batches? Each message is checked.

    `yours`: a class as exercise 11 asks for; it becomes one more line.
    """
    counts = COUNTS if yours is None else COUNTS | {"yours": COUNTS[ring_buffer_ways.SEMAPHORES]}
    found = measure(ring_buffer_trials.rates, counts, rounds, yours)
    return Ladder({name: tuple(rates) for name, rates in found})


def concatenation(sizes: Sequence[int] = SIZES, rounds: int = 5) -> Concatenation:
    """Does it pay to join a batch before it is stored? In seconds of the processor, whoever else uses it."""
    found = measure(ring_buffer_trials.storing, list(sizes), BATCH, rounds)
    by_way = {(size, how): tuple(figures) for size, how, figures in found}
    return Concatenation(
        *({size: by_way[size, how] for size in sizes} for how in ("joined", "one by one"))
    )


def deaths() -> Deaths:
    """Who is told when a process is killed between two items? The tuned buffer. man 7 signal."""
    scenes = {
        "one consumer of two": ring_buffer_deaths.one_consumer_of_two,
        "the last consumer": ring_buffer_deaths.the_last_consumer,
        "the producer": ring_buffer_deaths.the_producer,
    }
    return Deaths({name: measure(scene) for name, scene in scenes.items()})


def killed_inside_get(buffer: str) -> Run:
    """A consumer is killed inside `get`, holding the lock; what does the next one get? "taught" or "tuned".

    Raises ValueError for another buffer.
    """
    if buffer not in ring_buffer_deaths.KINDS:
        raise ValueError(f'{buffer!r} is no buffer to be killed in: "taught" or "tuned"')
    return run(ring_buffer_deaths.inside_get, buffer, deadline=PATIENCE)
