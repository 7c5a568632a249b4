"""What else is memory? The experiments of notebook 10.

Each function measures in a process of its own and returns a frozen result that prints as a table;
some draw themselves, too: `result.plot()`. man 2 mmap.
"""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from ipclab.experiments import mapping_figures
from ipclab.experiments import mapping_trials as trials
from ipclab.experiments.measure import measure
from ipclab.experiments.tables import Row, Tabular, quartiles

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "PAGE", "across_fork", "against_read", "as_an_array", "faults", "past_the_end", "survives_a_kill",
]  # fmt: skip

PAGE = trials.PAGE
past_the_end = trials.past_the_end  # for the sandbox, which tells how it ends

KINDS = (
    "anonymous, MADV_NOHUGEPAGE",
    "anonymous, MADV_HUGEPAGE",
    "anonymous, MAP_POPULATE",
    "file in /tmp",
    "file in /dev/shm",
)
COUNTS = (1, 4, 16, 64, 256)
CHUNK = 64 * 1024  # bytes of a sequential load
WORD = 8  # bytes of a random one


@dataclass(frozen=True, repr=False)
class AsAnArray(Tabular):
    """What `cat` prints of a file, into whose mapping somebody stores."""

    found: dict[str, tuple[str, str, str]]  # mapping -> before, after, the mapping's own view

    title = "A store into a mapping of the file"
    headers = ("mapping", "cat before", "cat after", "the mapping itself")

    def rows(self) -> list[Row]:
        return [(kind, *texts) for kind, texts in self.found.items()]


def as_an_array() -> AsAnArray:
    """Who sees a store into a shared mapping, and who into a private one? man 2 mmap."""
    kinds = {"shared": False, "private": True}
    return AsAnArray(
        {kind: tuple(measure(trials.as_an_array, private)) for kind, private in kinds.items()}
    )


def across_fork() -> dict[str, int]:
    """What does a parent find in anonymous memory after its child stored 7 there? By kind of mapping."""
    kinds = {"shared": mmap.MAP_SHARED, "private": mmap.MAP_PRIVATE}
    return {kind: measure(trials.across_fork, flags) for kind, flags in kinds.items()}


def survives_a_kill() -> str:
    """What is in a file after SIGKILL ended the process that stored, before any msync? man 2 msync."""
    found: str = measure(trials.survives_a_kill)
    return found


@dataclass(frozen=True, repr=False)
class Faults(Tabular):
    """Minor page faults and time of two passes over the pages of fresh mappings."""

    pages: int
    rounds: dict[str, tuple[tuple[int, int, float, float], ...]]  # as `trials.faults` says

    headers = ("memory", "1st pass: faults", "ns a page", "2nd pass: faults", "ns a page")

    @property
    def title(self) -> str:
        rounds = len(next(iter(self.rounds.values())))
        return f"One byte of each of {self.pages:,} pages, fewest faults and median time of {rounds} rounds"

    def rows(self) -> list[Row]:
        return [
            (kind, self.first(kind), self.time(kind, 0), self.second(kind), self.time(kind, 1))
            for kind in self.rounds
        ]

    def first(self, kind: str) -> int:
        """Faults of the first pass: the fewest of all rounds, because a stranger's add to them."""
        return min(each[0] for each in self.rounds[kind])

    def second(self, kind: str) -> int:
        """Faults of the second pass, likewise."""
        return min(each[1] for each in self.rounds[kind])

    def times(self, kind: str, which: int) -> list[float]:
        """Nanoseconds a page, of each round, in the first (0) or the second pass (1)."""
        return [each[2 + which] for each in self.rounds[kind]]

    def time(self, kind: str, which: int) -> int:
        return round(median(self.times(kind, which)))

    def plot(self) -> Figure:
        """Bars for each kind of memory: faults on the left, time on the right."""
        return mapping_figures.passes(self)


def faults(kinds: Sequence[str] = KINDS) -> Faults:
    """What does the first touch of a page cost, and the second? man 2 getrusage, ru_minflt."""
    found = {kind: tuple(map(tuple, measure(trials.faults, kind))) for kind in kinds}
    return Faults(trials.SIZE // PAGE, found)


@dataclass(frozen=True, repr=False)
class AgainstRead(Tabular):
    """Loads by pread, and from a mapping that is made for them: long ones in order, short ones anywhere."""

    counts: tuple[int, ...]
    pairs: dict[str, tuple[tuple[tuple[float, float], ...], ...]]  # order -> count -> (pread, mmap)

    headers = ("order", "loads", "pread, us", "mmap, us", "pread / mmap", "quartiles")

    @property
    def title(self) -> str:
        rounds = len(next(iter(self.pairs.values()))[0])
        return f"Medians of {rounds} paired rounds; the file is in memory, the mapping is made anew"

    def rows(self) -> list[Row]:
        found: list[Row] = []
        for order, all_pairs in self.pairs.items():
            for count, pairs in zip(self.counts, all_pairs, strict=True):
                read, mapped = (median(each) for each in zip(*pairs, strict=True))
                low, middle, high = quartiles([a / b for a, b in pairs])
                spread = f"{low:.2f} to {high:.2f}"
                found.append(
                    (order, count, f"{read:.1f}", f"{mapped:.1f}", f"{middle:.2f}", spread)
                )
        return found

    def crossover(self, order: str) -> int | None:
        """The first number of loads for which the mapping was faster in most rounds."""
        for count, pairs in zip(self.counts, self.pairs[order], strict=True):
            if median(a / b for a, b in pairs) > 1:
                return count
        return None

    def plot(self) -> Figure:
        """Time against the number of loads, for both orders."""
        return mapping_figures.crossover(self)


def against_read(counts: Sequence[int] = COUNTS) -> AgainstRead:
    """From how many loads on does a mapping pay? Paired with pread, front to back and anywhere. man 2 pread."""
    found = {
        f"in order, {CHUNK // 1024} KiB each": [
            measure(trials.against_read, trials.in_order(count, CHUNK), CHUNK) for count in counts
        ],
        f"anywhere, {WORD} bytes each": [
            measure(trials.against_read, trials.some_places(count), WORD) for count in counts
        ],
    }
    pairs = {
        order: tuple(tuple(map(tuple, each)) for each in all_) for order, all_ in found.items()
    }
    return AgainstRead(tuple(counts), pairs)
