"""What an exploration says: plain data, readable as text, drawable as a picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipclab.sandbox.look import Picture


class ExplorerError(RuntimeError):
    """The exploration itself could not be made; nothing is said about the program."""


@dataclass(frozen=True)
class Step:
    """One thing that one process did to what all share."""

    number: int
    process: str  # A, B, …
    kind: (
        str  # read, write, clear, acquire, release, try, value, call, loop, killed, endless, stuck
    )
    line: int
    source: str  # the learner's line
    text: str  # the values that were read or written
    changed: tuple[tuple[int, bytes, bytes], ...] = ()  # offset, old bytes, new bytes


@dataclass(frozen=True)
class Failure:
    """A schedule under which the program goes wrong. `str()` is its timeline."""

    diagnosis: str  # a word of the vocabulary
    message: str  # one sentence
    schedule: str  # for replay: A3B7 is three steps of A, then seven of B
    steps: tuple[Step, ...]  # up to the one that fixes the verdict
    processes: tuple[tuple[str, str], ...] = ()  # name and what it calls
    cut: int = 0  # steps of the schedule that come after the last one of `steps`
    scope: str = ""  # what was covered, in words

    def __str__(self) -> str:
        from .timeline import draw

        return draw(self)

    __repr__ = __str__

    def plot(self) -> Picture:
        """The schedule as a figure with an `alt` text: a lane for each process, an arrow at each switch."""
        from .picture import draw

        return draw(self)


@dataclass(frozen=True)
class Exploration:
    """What exploring the interleavings of a few programs came to."""

    failure: Failure | None
    schedules: int  # executed
    complete: bool  # every schedule with at most the requested preemptions was covered
    max_preemptions: int  # up to how many all were covered; -1: not even without any
    seconds: float
    requested: int = field(default=2, repr=False)
    size: str = field(default="", repr=False)
    diverged: str = field(default="", repr=False)  # why a replay is not the run that it was

    def __bool__(self) -> bool:
        return self.failure is None and self.complete

    def __str__(self) -> str:
        if self.diverged:
            return self.diverged
        if self.failure is not None:
            return f"{self.failure.diagnosis}, found after {self.schedules} schedules\n\n{self.failure}"
        covered = "every schedule" if self.complete else "not every schedule"
        bound = self.max_preemptions if self.complete else self.requested
        text = (
            f"no failure: {covered} with at most {bound} preemptions of {self.size} was covered "
            f"({self.schedules:,} executed, {self.seconds:.1f} s)"
        )
        if not self.complete:
            text += (
                ". The time was over before: use fewer processes, fewer rounds, or a smaller bound"
            )
        return f"{text}. {LIMITS}"

    __repr__ = __str__


LIMITS = (
    "Memory is taken to be sequentially consistent, and larger instances or more preemptions "
    "may show what these do not"
)


def failure_from(data: dict[str, Any]) -> Failure:
    """The failure that the sandbox sent as plain data."""
    steps = tuple(
        Step(number, process, kind, line, source, text, tuple(map(tuple, changed)))
        for number, process, kind, line, source, text, changed in data["steps"]
    )
    processes = tuple((name, call) for name, call in data["processes"])
    return Failure(
        data["diagnosis"],
        data["message"],
        data["schedule"],
        steps,
        processes,
        data["cut"],
        data["scope"],
    )
