"""What a process is about to do, what it did, and the exceptions that end a simulated process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .memory import Span


class Abort(BaseException):
    """Ends a process of a run that is over. Not an Exception: a learner's `except` should let it pass."""


class Unmodelled(Exception):
    """The program uses something that the explorer doesn't simulate; says what."""


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Operation:
    """The next step of a process."""

    text: str  # as the learner would say it
    ready: Callable[[], bool] = _always  # may it be performed now?
    waits_for: Any = None  # the semaphore that it waits for
    timeout: float | None = None  # seconds after which it gives up
    give_up: list[bool] = field(default_factory=list)  # non-empty: the time is over
    site: int = -1


@dataclass(frozen=True)
class Event:
    """One access that was performed."""

    step: int  # number of the step, from 1
    process: int
    kind: str  # read, write, acquire, release, try, value, call, loop, killed, …
    filename: str
    line: int
    text: str  # what was observed or changed
    reads: tuple[Span, ...] = ()
    writes: tuple[Span, ...] = ()
    changed: tuple[tuple[int, int, bytes, bytes], ...] = ()  # region, offset, old, new
    target: str = ""  # the semaphore or shared object
