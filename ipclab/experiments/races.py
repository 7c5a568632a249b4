"""Is it broken if it always works? The experiments of notebook 7.

Each function runs its measurement in processes apart from the notebook and returns a frozen result
that prints as a table and draws itself: `result.plot()`. `killed_in_the_lock` returns the run itself.
man 7 shm_overview, man 7 sem_overview.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import TYPE_CHECKING

from ipclab.experiments import races_figures, races_locks, races_trials
from ipclab.experiments.measure import PATIENCE, measure
from ipclab.experiments.tables import Row, Tabular, quartiles
from ipclab.ipc.counting import increment_without_lock
from ipclab.sandbox import Run, run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "corruption", "interval", "killed_in_the_lock", "lost_update", "prices", "torn_copies",
    "torn_structure",
]  # fmt: skip

PROCESSES = (1, 2, 4)
INCREMENTS = (100, 1_000, 3_000, 10_000)
LEAST, LEAST_TIMED = 3, 7  # rounds, however slow the machine is


def interval(hits: int, trials: int) -> tuple[float, float]:
    """Between which rates does the true one lie, at 95 % confidence? Wilson's score interval.

    Unlike "the rate plus or minus something" it also holds for few trials, and for 0 of n. Raises
    ValueError without any trial.
    """
    if not 0 <= hits <= trials or trials == 0:
        raise ValueError(f"{hits} of {trials}: there must be a trial, and no more hits than trials")
    z = 1.96  # standard deviations of a normal distribution that hold 95 %
    rate, spread = hits / trials, z * z / trials
    middle = rate + spread / 2
    reach = z * sqrt(rate * (1 - rate) / trials + spread / trials / 4)
    low, high = (middle - reach) / (1 + spread), (middle + reach) / (1 + spread)
    return max(0.0, low), min(1.0, high)


@dataclass(frozen=True, repr=False)
class Corruption(Tabular):
    """In how many rounds the sum was wrong, by how many counted, how often each, and where."""

    cores: int  # that the processes may use when they are not pinned to one
    rounds: int
    wrong: dict[tuple[bool, int, int], int]  # (pinned to one core, processes, increments each)

    headers = ("on", "processes", "increments each", "wrong sums", "95 % interval")

    @property
    def title(self) -> str:
        return f"Wrong sums in {self.rounds} rounds"

    def rows(self) -> list[Row]:
        return [
            (where(pinned, self.cores), processes, increments, wrong, percent(wrong, self.rounds))
            for (pinned, processes, increments), wrong in self.wrong.items()
        ]

    def wrong_by(self, processes: int) -> int:
        """All wrong sums of so many processes, wherever they ran and however often they counted."""
        return sum(wrong for way, wrong in self.wrong.items() if way[1] == processes)

    def plot(self) -> Figure:
        """Two heat maps, free and pinned to one core: processes by increments."""
        return races_figures.heat_maps(self)


def corruption(
    increment: races_trials.Increment = increment_without_lock,
    processes: Sequence[int] = PROCESSES,
    increments: Sequence[int] = INCREMENTS,
    seconds: float = 0.9,
) -> Corruption:
    """How often is the sum wrong when several processes call `increment(memory, times)` at once?

    On all cores and pinned to one, in three rounds and as many more as begin within `seconds`. man 2 sched_setaffinity.
    """
    rounds, wrong = measure(
        races_trials.wrong_counts, increment, list(processes), list(increments), LEAST, seconds
    )
    cores = len(os.sched_getaffinity(0))
    return Corruption(cores, rounds, {(bool(way[0]), *way[1:]): count for *way, count in wrong})


@dataclass(frozen=True)
class Step:
    """Something that one of two processes did, and what the counter in memory was then."""

    process: str  # "A" or "B"
    action: str
    number: int | None  # what the process has in its hands; None: nothing
    counter: int


@dataclass(frozen=True, repr=False)
class LostUpdate(Tabular):
    """Two increments, step by step."""

    locked: bool
    steps: tuple[Step, ...]

    headers = ("process", "step", "number in hand", "counter in memory")

    @property
    def title(self) -> str:
        how = "A holds the lock" if self.locked else "no lock"
        return f"Two increments, A held between its read and its write: {how}"

    def rows(self) -> list[Row]:
        return [
            (step.process, step.action, "" if step.number is None else step.number, step.counter)
            for step in self.steps
        ]

    @property
    def counter(self) -> int:
        """What the counter is in the end: two, unless an update was lost."""
        return self.steps[-1].counter

    def plot(self) -> Figure:
        """A lane for each process and one for the counter, step by step."""
        return races_figures.schedule(self)


def lost_update(locked: bool = False) -> LostUpdate:
    """Can an update be lost, and can it when there is a lock? One order of steps, without any luck."""
    steps = measure(races_trials.lost_update, locked)
    return LostUpdate(locked, tuple(Step(*step) for step in steps))


@dataclass(frozen=True, repr=False)
class TornStructure(Tabular):
    """The sixteen bytes that a reader copied: before the writer's two stores, between them, and after."""

    copies: tuple[bytes, ...]

    title = "Two fields that are meant to be equal, copied by another process"
    headers = ("when", "first field", "second field", "equal")

    def rows(self) -> list[Row]:
        moments = ("before", "after the first store", "after the second store")
        return [
            (when, copy[:8].hex(" "), copy[8:].hex(" "), "yes" if copy[:8] == copy[8:] else "no")
            for when, copy in zip(moments, self.copies, strict=True)
        ]

    def plot(self) -> Figure:
        """The bytes of each copy, old ones and new ones in two colours."""
        return races_figures.byte_map(self)


def torn_structure() -> TornStructure:
    """What does a reader see that comes between two stores? The writer is held there."""
    return TornStructure(tuple(measure(races_trials.copies_while_held)))


@dataclass(frozen=True, repr=False)
class TornCopies(Tabular):
    """How many copies mixed two states, with nobody held anywhere."""

    cores: int
    found: dict[
        tuple[bool, str], tuple[tuple[int, int], ...]
    ]  # (pinned, lock) -> torn, copies a round

    headers = ("on", "lock", "torn", "copies", "median %", "least %", "most %")

    @property
    def title(self) -> str:
        rounds = len(self.found[True, "no lock"])
        return f"Copies of two fields while another process writes them, in {rounds} rounds"

    def rows(self) -> list[Row]:
        rows: list[Row] = []
        for (pinned, lock), counts in self.found.items():
            rates = self.rates(pinned, lock)
            shown = (f"{rate:.2f}" for rate in (median(rates), min(rates), max(rates)))
            copies = sum(copies for _, copies in counts)
            torn = sum(torn for torn, _ in counts)
            rows.append((where(pinned, self.cores), lock, torn, copies, *shown))
        return rows

    def rates(self, pinned: bool, lock: str) -> list[float]:
        """The percentage of torn copies in each round. (Copies of one round are not independent.)"""
        return [100 * torn / copies for torn, copies in self.found[pinned, lock]]

    def torn(self, lock: str) -> int:
        """Torn copies with this lock, wherever the two processes ran."""
        return sum(torn for way in self.found for torn, _ in self.found[way] if way[1] == lock)

    def plot(self) -> Figure:
        """The rate of torn copies in each round, by place and lock."""
        return races_figures.torn_rates(self)


def torn_copies(stores: int = 5_000, seconds: float = 0.3) -> TornCopies:
    """How often does a reader copy two fields that do not belong together? `stores` pairs a round.

    In seven rounds and as many more as begin within `seconds`.
    """
    found = measure(races_trials.torn_copies, stores, LEAST_TIMED, seconds)
    counts = {(bool(pinned), lock): tuple(map(tuple, each)) for pinned, lock, each in found}
    return TornCopies(len(os.sched_getaffinity(0)), counts)


@dataclass(frozen=True, repr=False)
class Prices(Tabular):
    """Seconds for one increment, by lock, alone and with a second process that wants the same."""

    times: int  # increments a process and round
    seconds: dict[tuple[int, str], tuple[float, ...]]  # (processes, lock) -> one figure a round
    wrong: dict[tuple[int, str], int]  # rounds with a wrong sum

    headers = ("processes", "lock", "median ns", "lower quarter", "upper quarter", "wrong sums")

    @property
    def rounds(self) -> int:
        return len(self.seconds[1, "no lock"])

    @property
    def title(self) -> str:
        return f"One increment, in {self.rounds} rounds of {self.times} by each process"

    def rows(self) -> list[Row]:
        rows: list[Row] = []
        for way, seconds in self.seconds.items():
            low, middle, high = (round(each * 1e9) for each in quartiles(seconds))
            rows.append((*way, middle, low, high, self.wrong[way]))
        return rows

    def cheapest(self, processes: int, lock: str) -> float:
        """The shortest time of any round: other programs can only make it longer. Seconds."""
        return min(self.seconds[processes, lock])

    def plot(self) -> Figure:
        """A dot for each median, alone and contended, with the quartiles."""
        return races_figures.prices(self)


def prices(times: int = 200, seconds: float = 0.3) -> Prices:
    """What does a lock cost for each increment? Seven rounds, and more for `seconds`."""
    found = measure(races_locks.prices, times, LEAST_TIMED, seconds)
    return Prices(
        times,
        {(processes, lock): tuple(figures) for processes, lock, figures, _ in found},
        {(processes, lock): wrong for processes, lock, _, wrong in found},
    )


def killed_in_the_lock(lock: str = "semaphore", others: int = 2) -> Run:
    """A worker is killed (SIGKILL) while it holds the lock. How do the others get on?

    `lock` is "semaphore" or "file lock". The run's value, if they ever get in, is their exit statuses.
    Raises ValueError for another lock.
    """
    if lock not in ("semaphore", "file lock"):
        raise ValueError(f'{lock!r} is no lock to be killed in: "semaphore" or "file lock"')
    return run(races_locks.killed_in_the_lock, lock, others, deadline=PATIENCE)


def where(pinned: bool, cores: int) -> str:
    """Where the processes of a round ran, in words."""
    return "one core" if pinned or cores == 1 else f"any of {cores} cores"


def percent(hits: int, trials: int) -> str:
    """The interval of a rate, in words: 12 to 38 %."""
    low, high = (100 * bound for bound in interval(hits, trials))
    return f"{low:.0f} to {high:.0f} %"
