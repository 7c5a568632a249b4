"""How did the child get the other end? The experiments of notebook 3.

Each function runs real processes in the sandbox and returns a frozen result that prints as a table:
`steps` draws itself, too, and has a slider; the others keep their runs, each with a picture of its own.
man 2 pipe, man 2 fork, man 7 pipe.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from ipclab.experiments import opposite_ends_figures, opposite_ends_trials
from ipclab.experiments.descriptor_figures import Entry
from ipclab.experiments.measure import PATIENCE, measure
from ipclab.experiments.opposite_ends_trials import (
    CHILDS_READ,
    CHILDS_WRITE,
    LEAVES_EARLY,
    NOTHING,
    ONE_READ,
    PARENTS_READ,
    PARENTS_WRITE,
    TO_THE_END,
)
from ipclab.experiments.tables import Row, Tabular
from ipclab.sandbox import Run, run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "CHILDS_READ", "CHILDS_WRITE", "LEAVES_EARLY", "NOTHING", "ONE_READ", "PARENTS_READ",
    "PARENTS_WRITE", "TO_THE_END", "forgotten_closes", "steps", "two_way",
]  # fmt: skip

CLOSES = (NOTHING, PARENTS_WRITE, CHILDS_READ, CHILDS_WRITE, PARENTS_READ)
READERS = (ONE_READ, TO_THE_END, LEAVES_EARLY)


@dataclass(frozen=True)
class Step:
    """The descriptors of two processes for one pipe, and the bytes that wait in it."""

    name: str
    parent: tuple[Entry, ...]
    child: tuple[Entry, ...] | None  # None: there is no child, not yet or no more
    waiting: int  # bytes

    @property
    def writers(self) -> int:
        """How many descriptors lead to the pipe's write end, in both processes together."""
        return self._count("write")

    @property
    def readers(self) -> int:
        return self._count("read")

    def _count(self, end: str) -> int:
        return sum(entry[1] == end for entry in (*self.parent, *(self.child or ())))


@dataclass(frozen=True, repr=False)
class Steps(Tabular):
    """Who holds which end of a pipe, from before pipe2 until the last close."""

    steps: tuple[Step, ...]

    headers = ("when", "parent holds", "child holds", "write ends", "bytes waiting")
    title = "One pipe, step by step"

    def rows(self) -> list[Row]:
        return [
            (
                opposite_ends_figures.TITLES[step.name].partition(". ")[2],
                listed(step.parent),
                "no child" if step.child is None else listed(step.child),
                step.writers,
                step.waiting,
            )
            for step in self.steps
        ]

    def __getitem__(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)

    def plot(self) -> Figure:
        """Both descriptor tables and the pipe, step by step."""
        return opposite_ends_figures.small_multiples(self)

    def slider(self) -> Any:
        """A widget that shows one step at a time. `plot` shows the same without a browser."""
        return opposite_ends_figures.slider(self)


@dataclass(frozen=True, repr=False)
class ForgottenCloses(Tabular):
    """What came of a talk without one of its closes, by the way in which its reader ended it."""

    runs: Mapping[tuple[str, str], Run]  # (forgotten close, reader) -> what came of it

    headers = ("forgotten", *READERS)
    title = "One close forgotten"

    def rows(self) -> list[Row]:
        return [
            (forgotten, *(outcome(self.runs[forgotten, reader]) for reader in READERS))
            for forgotten in CLOSES
        ]

    def __getitem__(self, key: tuple[str, str]) -> Run:
        return self.runs[key]

    def stuck(self) -> dict[tuple[str, str], str]:
        """The talks that came to no end, each with its diagnosis."""
        return {key: run.stuck.diagnosis for key, run in self.runs.items() if run.stuck}


@dataclass(frozen=True, repr=False)
class TwoWay(Tabular):
    """What came of a question through one pipe and its answer through another, by its size."""

    capacity: int  # of each pipe, in bytes
    runs: Mapping[int, Run]  # bytes -> what came of it

    headers = ("bytes each way", "outcome")
    title = "All of the question first, then the answer"

    def rows(self) -> list[Row]:
        return [(size, outcome(each)) for size, each in self.runs.items()]

    def __getitem__(self, size: int) -> Run:
        return self.runs[size]


def outcome(result: Run) -> str:
    """One run in a few words."""
    if result.stuck:
        return f"stuck: {result.stuck.diagnosis}"
    if result.exception:
        return f"raised {result.exception.type}"
    if result.leaks:
        number = result.leaks[0].description.removeprefix("descriptor ").partition(" ")[0]
        return f"works, leaves fd {number} open"
    return "works"


def listed(entries: tuple[Entry, ...]) -> str:
    """A descriptor table in a line: 3 read, 4 write."""
    return ", ".join(f"{number} {end}" for number, end in entries) or "nothing"


def steps() -> Steps:
    """Who holds which end while a child sends its parent five bytes? man 5 proc_pid_fd."""
    return Steps(tuple(Step(*look) for look in measure(opposite_ends_trials.tables)))


def forgotten_closes() -> ForgottenCloses:
    """What does each forgotten close cause, for three kinds of reader? man 7 pipe."""
    pairs = list(product(CLOSES, READERS))
    return ForgottenCloses(dict(zip(pairs, _runs(opposite_ends_trials.talk, pairs), strict=True)))


def two_way() -> TwoWay:
    """Up to which size does a talk in both directions go well? man 7 pipe, "Pipe capacity"."""
    capacity = measure(opposite_ends_trials.usual_capacity)
    sizes = 1_000, capacity, 4 * capacity  # the last is more than both pipes and the child hold
    runs = _runs(opposite_ends_trials.two_way, [(size,) for size in sizes])
    return TwoWay(capacity, dict(zip(sizes, runs, strict=True)))


def _runs(function: Any, calls: list[tuple[Any, ...]]) -> list[Run]:
    """A run each, several at a time: those that come to no end take half a second to prove it."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda call: run(function, *call, deadline=PATIENCE), calls))
