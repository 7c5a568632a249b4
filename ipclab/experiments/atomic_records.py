"""When do two writers mix? The experiments of notebook 6.

Each function runs real processes in the sandbox and returns a frozen result. man 7 pipe, "PIPE_BUF".
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from ipclab.experiments import atomic_figures, atomic_trials
from ipclab.experiments.measure import measure
from ipclab.experiments.tables import Row, Tabular

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PAGE_SIZE", "PIPE_BUF", "by_size", "many_small", "non_blocking", "one_torn"]

PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")
PIPE_BUF = os.pathconf("/", "PC_PIPE_BUF")  # Linux: the same for every pipe
_Z = 1.96  # standard deviations on either side of the middle hold 95 %


@dataclass(frozen=True)
class Count:
    """How many of some writes of one size were torn."""

    size: int
    writes: int
    torn: int

    @property
    def fraction(self) -> float:
        return self.torn / self.writes

    @property
    def interval(self) -> tuple[float, float]:
        """Where the fraction is with 95 % confidence (Wilson's interval)."""
        n, p = self.writes, self.fraction
        middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * sqrt(p * (1 - p) / n + _Z**2 / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, repr=False)
class Torn(Tabular):
    """The torn fraction by size of a write."""

    counts: tuple[Count, ...]
    capacity: int
    writers: int

    headers = ("bytes in a write", "writes", "torn", "fraction", "95 % interval")

    @property
    def title(self) -> str:
        return f"{self.writers} writers, a pipe of {self.capacity:,} bytes"

    def rows(self) -> list[Row]:
        return [
            (
                each.size,
                each.writes,
                each.torn,
                f"{each.fraction:.1%}",
                "{:.1%} to {:.1%}".format(*each.interval),
            )
            for each in self.counts
        ]

    def __getitem__(self, size: int) -> Count:
        """The count for writes of so many bytes."""
        return next(each for each in self.counts if each.size == size)

    @property
    def at_most_pipe_buf(self) -> int:
        """Torn writes of at most PIPE_BUF bytes."""
        return sum(each.torn for each in self.counts if each.size <= PIPE_BUF)

    def plot(self) -> Figure:
        """The fraction against the size, with whiskers, and PIPE_BUF as a line."""
        return atomic_figures.torn(self)


@dataclass(frozen=True)
class Picture:
    """The bytes around one torn write, each a number of its writer."""

    data: bytes
    size: int

    @property
    def runs(self) -> list[tuple[int, int]]:
        """(writer, bytes) in the order in which they came out."""
        found = atomic_trials.runs_of(self.data)
        return [(tag // atomic_trials.TAGS, length) for tag, length in found]

    def plot(self) -> Figure:
        """The bytes in order, coloured by writer."""
        return atomic_figures.picture(self)


@dataclass(frozen=True, repr=False)
class Partial(Tabular):
    """What non-blocking writes returned in pipes with little room."""

    results: tuple[tuple[int, int, int], ...]  # bytes to write, room, what came of it (-1: EAGAIN)

    headers = ("bytes to write", "room in the pipe", "accepted")
    title = "Writes with O_NONBLOCK"

    def rows(self) -> list[Row]:
        return [
            (size, room, "EAGAIN" if got == -1 else f"{got:,} {'byte' if got == 1 else 'bytes'}")
            for size, room, got in self.results
        ]


def by_size(
    sizes: Sequence[int] = (
        64,
        1024,
        PIPE_BUF - 1,
        PIPE_BUF,
        PIPE_BUF + 1,
        2 * PIPE_BUF,
        4 * PIPE_BUF,
    ),
    capacity: int = PAGE_SIZE,
    writers: int = 4,
    writes: int = 40,
    packets: bool = False,
) -> Torn:
    """Which part of the writes is torn? `capacity` in bytes; `packets`: in packet mode, O_DIRECT."""
    counts = []
    for size in sizes:
        whole, made, _ = measure(
            atomic_trials.contended, size, writes, writers, capacity, os.O_DIRECT if packets else 0
        )
        counts.append(Count(size, made, made - whole))
    return Torn(tuple(counts), capacity, writers)


def many_small(writes: int = 100_000, size: int = 64, writers: int = 4) -> Count:
    """Of very many writes that the kernel keeps in one piece, how many are torn?"""
    whole, made, _ = measure(
        atomic_trials.contended, size, -(-writes // writers), writers, PAGE_SIZE, 0
    )
    return Count(size, made, made - whole)


def one_torn(size: int = PIPE_BUF + PIPE_BUF // 2) -> Picture:
    """The bytes as they come out around a torn write."""
    _, _, data = measure(atomic_trials.contended, size, 8, 3, PAGE_SIZE, 0)
    return Picture(data, size)


def non_blocking() -> Partial:
    """What does a writer get that must not wait, when there is little room? man 7 pipe."""
    cases = [(1, PAGE_SIZE // 2), (PIPE_BUF // 2, PAGE_SIZE // 2), (PIPE_BUF, PAGE_SIZE // 2)]
    cases += [(PIPE_BUF, PAGE_SIZE), (3 * PIPE_BUF, PAGE_SIZE)]
    results = measure(atomic_trials.partial_writes, cases)
    return Partial(tuple((size, room, got) for size, room, got in results))
