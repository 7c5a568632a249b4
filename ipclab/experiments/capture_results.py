"""What the experiments on capturing return: frozen results that print as tables and draw themselves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, groupby
from statistics import median
from typing import TYPE_CHECKING

from ipclab.experiments import capture_figures
from ipclab.experiments.capture_trials import STREAMS, Call
from ipclab.experiments.tables import Row, Tabular

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, repr=False)
class ByAmount(Tabular):
    """How a capture ended, by the number of bytes that the program wrote to stderr."""

    capacity: int  # bytes, as F_GETPIPE_SZ says
    outcomes: dict[int, str]  # bytes on stderr -> "returned", or the diagnosis

    headers = ("bytes on stderr", "the capture")

    @property
    def title(self) -> str:
        return f"A program that writes to stderr only, through a pipe of {self.capacity:,} bytes"

    def rows(self) -> list[Row]:
        return list(self.outcomes.items())


@dataclass(frozen=True, repr=False)
class Drained(Tabular):
    """Who called what and when, while a program wrote to both streams and its parent read both."""

    size: int  # bytes of each write
    runs: int  # how many there were; this is the shortest
    program: tuple[Call, ...]  # its writes
    parent: tuple[Call, ...]  # its polls and its reads

    headers = ("stream", "written", "read")

    @property
    def title(self) -> str:
        return "Bytes that the program wrote and that its parent read"

    def rows(self) -> list[Row]:
        return [(stream, self.written(stream), self.received(stream)) for stream in STREAMS]

    def written(self, stream: str) -> int:
        return sum(count for name, _, _, count in self.program if name == stream)

    def received(self, stream: str) -> int:
        return sum(count for name, _, _, count in self.parent if name == stream)

    def seconds(self) -> float:
        """From the first write until the last byte was read."""
        return max(call[2] for call in self.parent if call[3]) - self.program[0][1]

    def turns(self) -> list[str]:
        """The streams in the order in which the parent read from them, repetitions left out."""
        reads = (name for name, _, _, count in self.parent if count)
        return [name for name, _ in groupby(reads)]

    def plot(self) -> Figure:
        """The calls of both processes over time."""
        return capture_figures.timeline(self)


@dataclass(frozen=True, repr=False)
class ExecErrors(Tabular):
    """What is raised for files that can't be executed."""

    raised: dict[str, tuple[str, str]]  # what it is -> (by capture, by subprocess)

    headers = ("asked to run", "capture", "subprocess")
    title = "What is raised when exec fails"

    def rows(self) -> list[Row]:
        return [(what, *raised) for what, raised in self.raised.items()]


@dataclass(frozen=True, repr=False)
class Endings(Tabular):
    """How a program's end is told, from the kernel's word to the number that you get."""

    statuses: dict[str, tuple[int, int, int]]  # script -> (word, by capture, by subprocess)

    headers = ("the program", "word of waitpid", "capture", "subprocess")
    title = "How a program ended"

    def rows(self) -> list[Row]:
        return [(f"sh -c '{script}'", *numbers) for script, numbers in self.statuses.items()]


@dataclass(frozen=True, repr=False)
class AfterSigpipe(Tabular):
    """How programs take SIGPIPE, by the way they were started."""

    statuses: dict[str, int]  # way -> status of a program that sent itself the signal
    outputs: dict[str, tuple[bytes, bytes]]  # way -> stdout and stderr of `yes | head -n 1`

    headers = ("started by", "after SIGPIPE", "yes | head -n 1")
    title = "The same programs, started in four ways"

    def rows(self) -> list[Row]:
        return [
            (
                way,
                "is dead" if status < 0 else "lives on",
                "complains" if self.complains(way) else "is quiet",
            )
            for way, status in self.statuses.items()
        ]

    def complains(self, way: str) -> bool:
        """Did the pipeline write anything to stderr?"""
        return bool(self.outputs[way][1])


@dataclass(frozen=True, repr=False)
class WithClosed(Tabular):
    """What arrives where the caller had closed some of its descriptors 0, 1 and 2."""

    numbers: dict[tuple[int, ...], int]  # closed -> the first pipe's write end
    arrived: dict[tuple[int, ...], list[bool]]  # closed -> by dup2, by capture, by subprocess

    headers = ("closed before", "first write end", "dup2 alone", "capture", "subprocess")
    title = "Do both streams arrive?"

    def rows(self) -> list[Row]:
        return [
            (", ".join(map(str, closed)) or "none", place(number), *map(said, self.arrived[closed]))
            for closed, number in self.numbers.items()
        ]

    def lost(self, way: str) -> set[tuple[int, ...]]:
        """The sets of closed descriptors with which a stream is lost this way (see `headers`)."""
        column = self.headers.index(way) - 2
        return {closed for closed, arrived in self.arrived.items() if not arrived[column]}


def place(number: int) -> str:
    """A descriptor's number; from 3 on it does not matter which."""
    return f"is {number}" if number < 3 else "above 2"


def said(arrived: bool) -> str:
    return "both arrive" if arrived else "stdout is lost"


@dataclass(frozen=True, repr=False)
class LaunchCosts(Tabular):
    """Seconds and page faults of starting a program and waiting for it."""

    rounds: int
    seconds: dict[str, dict[int, list[float]]]  # way -> bytes held -> one for each round
    faults: dict[str, dict[int, list[int]]]

    headers = ("way", "memory held", "median ms", "lowest", "highest", "page faults")

    @property
    def title(self) -> str:
        return f"Starting /bin/true and waiting for it, {self.rounds} rounds"

    def rows(self) -> list[Row]:
        return capture_figures.cost_rows(self)

    def plot(self) -> Figure:
        """Time against the memory that the starter holds."""
        return capture_figures.costs(self)

    def page_faults(self, way: str) -> float:
        """The median over all rounds and sizes, of parent and child together."""
        return median(chain.from_iterable(self.faults[way].values()))
