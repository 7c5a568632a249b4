"""Where does the data live between write and read? The experiments of the lesson on pipes.

Each function runs real processes in the sandbox and returns a frozen result that prints as a table;
two of them draw themselves, too: `result.plot()`. man 7 pipe, man 2 fork.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ipclab.experiments import lesson_pipes_figures, lesson_pipes_trials
from ipclab.experiments.lesson_pipes_trials import LEAVE, program
from ipclab.experiments.measure import measure
from ipclab.experiments.tables import Row, Tabular

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "LEAVE", "descriptor_tables", "one_byte", "over_exec", "printed_before_fork", "program",
]  # fmt: skip

Entry = tuple[int, str]  # a descriptor's number, and which end of the pipe it is


@dataclass(frozen=True, repr=False)
class OneByte(Tabular):
    """How many bytes each of two readers got, round by round, from a pipe with one byte in it."""

    rounds: tuple[tuple[int, int], ...]

    headers = ("who got the byte", "rounds")

    @property
    def title(self) -> str:
        return f"One byte in a pipe, two readers, {len(self.rounds)} rounds"

    def rows(self) -> list[Row]:
        return [
            ("both", self.both),
            ("exactly one of the two", self.one),
            ("neither", self.neither),
        ]

    @property
    def both(self) -> int:
        return self.rounds.count((1, 1))

    @property
    def one(self) -> int:
        return self.rounds.count((1, 0)) + self.rounds.count((0, 1))

    @property
    def neither(self) -> int:
        return self.rounds.count((0, 0))

    def plot(self) -> Figure:
        """Round by round, which of the two readers got the byte."""
        return lesson_pipes_figures.winners(self)


@dataclass(frozen=True)
class Moment:
    """The descriptors of two processes for one pipe, and the bytes that wait in it."""

    name: str
    parent: tuple[Entry, ...]
    child: tuple[Entry, ...] | None  # None: there is no child, not yet or no more
    waiting: int  # bytes


@dataclass(frozen=True, repr=False)
class DescriptorTables(Tabular):
    """Who holds which end of a pipe, from pipe2 until the writer has ended."""

    moments: tuple[Moment, ...]

    headers = ("after", "parent holds", "child holds", "bytes waiting")
    title = "One pipe: who holds it, and what waits in it"

    def rows(self) -> list[Row]:
        return [
            (moment.name, listed(moment.parent), listed(moment.child), moment.waiting)
            for moment in self.moments
        ]

    def plot(self) -> Figure:
        """Both descriptor tables and the pipe, moment by moment."""
        return lesson_pipes_figures.moments(self)


@dataclass(frozen=True, repr=False)
class OverExec(Tabular):
    """How many of a pipe's two ends are open in a child, by the call that made the pipe."""

    ends: dict[str, tuple[int, int]]  # call -> open after fork, open after exec

    headers = ("the pipe was made by", "open after fork", "open after exec")
    title = "What a child inherits of a pipe's two ends"

    def rows(self) -> list[Row]:
        return [(call, *counts) for call, counts in self.ends.items()]


@dataclass(frozen=True, repr=False)
class PrintedBeforeFork(Tabular):
    """How often a line came out that was printed once, before a fork."""

    times: dict[str, int]  # what was different -> lines that came out

    headers = ("how", "lines that came out")
    title = "Printed once, before the fork"

    def rows(self) -> list[Row]:
        return list(self.times.items())


def listed(entries: tuple[Entry, ...] | None) -> str:
    """A descriptor table in a line: 3 read, 4 write."""
    return ", ".join(f"{number} {end}" for number, end in entries or ()) or "-"


def one_byte(rounds: int = 20) -> OneByte:
    """Two processes read the same byte: who gets it? man 2 read."""
    return OneByte(tuple(measure(lesson_pipes_trials.two_readers, rounds)))


def descriptor_tables() -> DescriptorTables:
    """Who holds which end while a child sends its parent five bytes? man 5 proc_pid_fd."""
    found = measure(lesson_pipes_trials.descriptor_tables)
    return DescriptorTables(tuple(Moment(*moment) for moment in found))


def over_exec() -> OverExec:
    """Which ends are still open after fork, and which after exec? PEP 446; man 2 execve."""
    calls = lesson_pipes_trials.CALLS
    return OverExec({call: measure(lesson_pipes_trials.ends_open, call) for call in calls})


def printed_before_fork() -> PrintedBeforeFork:
    """How often does a line come out that was printed before a fork? man 2 fork, man 3 exit.

    Each program runs in a Python of its own: a buffer belongs to a whole process.
    """
    return PrintedBeforeFork(measure(lesson_pipes_trials.times_printed))
