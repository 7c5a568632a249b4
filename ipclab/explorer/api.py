"""`explore`: can these functions, running side by side, go wrong? `replay`: show me once more how."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ipclab.sandbox import run

from . import progress
from .functions import texts_of
from .results import Exploration, ExplorerError, failure_from

_BUDGET = 8.0  # seconds
_START_UP = 1.5  # seconds beyond the budget
_MOST_PROCESSES = 8


class NotSimulated(ExplorerError):
    """The program uses something that the explorer doesn't simulate; says what."""


def explore(
    functions: Sequence[Callable[..., Any]],
    size: int = 64,
    semaphores: Mapping[str, int] | None = None,
    initial: bytes = b"",
    invariant: Callable[[bytes, list[Any]], bool] | None = None,
    max_preemptions: int = 2,
    crashes: int = 0,
    budget: float = _BUDGET,
) -> Exploration:
    """Run `functions` side by side under every schedule with at most `max_preemptions` preemptions.

    Each is called as f(memory, *semaphores): an mmap of `size` bytes that begins with `initial`, then what
    `semaphores` says (name: value), used as posix_ipc.Semaphore; {"lock": 1} unless told otherwise. What they
    do to them, in whatever way, is enumerated step by step. `invariant(memory, results)` must be true once all
    have returned. `crashes`: how many of them may be killed, anywhere. `budget`: seconds.

    Raises TypeError for a function whose source can't be found, ValueError for impossible arguments,
    NotSimulated for a program that forks and the like, ExplorerError when the exploration itself fails.
    """
    settings = _settings(functions, size, semaphores, initial, max_preemptions, crashes, budget)
    return _explored("search", list(functions), invariant, settings)


def replay(
    schedule: str,
    functions: Sequence[Callable[..., Any]],
    size: int = 64,
    semaphores: Mapping[str, int] | None = None,
    initial: bytes = b"",
    invariant: Callable[[bytes, list[Any]], bool] | None = None,
    max_preemptions: int = 2,
    crashes: int = 0,
    budget: float = _BUDGET,
) -> Exploration:
    """Run one schedule of a failure again. The other arguments are those of `explore`.

    When the program can't go the way the schedule says, `diverged` (and the printed text) says where.
    Raises as `explore` does, and ValueError for a text that is no schedule.
    """
    settings = _settings(functions, size, semaphores, initial, max_preemptions, crashes, budget)
    return _explored("replayed", list(functions), invariant, settings, schedule)


def _settings(
    functions: Sequence[Callable[..., Any]],
    size: int,
    semaphores: Mapping[str, int] | None,
    initial: bytes,
    max_preemptions: int,
    crashes: int,
    budget: float,
) -> dict[str, Any]:
    if not 1 <= len(functions) <= _MOST_PROCESSES:
        raise ValueError(
            f"{len(functions)} functions: give 1 to {_MOST_PROCESSES}, one for each process"
        )
    if size < max(1, len(initial)):
        raise ValueError(f"{len(initial)} initial bytes do not fit into memory of {size} bytes")
    if max_preemptions < 0 or crashes < 0:
        raise ValueError("max_preemptions and crashes are counts: 0 or more")
    return {
        "size": size,
        "semaphores": dict({"lock": 1} if semaphores is None else semaphores),
        "initial": bytes(initial),
        "max_preemptions": max_preemptions,
        "crashes": crashes,
        "budget": budget,
    }


def _explored(
    what: str, functions: list[Any], invariant: Any, settings: dict[str, Any], *more: Any
) -> Exploration:
    from . import simulation

    texts = texts_of(functions)
    perform = getattr(simulation, what)
    with progress.shown() as path:
        shown = [path] if path and what == "search" else []
        outcome = run(
            perform, functions, invariant, texts, settings, *more, *shown,
            deadline=settings["budget"] + _START_UP,
        )  # fmt: skip
    data = outcome.value
    if not isinstance(data, dict):
        if outcome.exception is not None and outcome.exception.type == "ValueError":
            raise ValueError(outcome.exception.message)
        if outcome.stuck is None:
            reason = outcome.exception or "its process ended"
            raise ExplorerError(f"the exploration did not come to an end: {reason}")
        data = _never_returned(functions, outcome)
    if "unmodelled" in data:
        raise NotSimulated(data["unmodelled"])
    failure = failure_from(data["failure"]) if data["failure"] else None
    processes = "1 process" if len(functions) == 1 else f"{len(functions)} processes"
    return Exploration(
        failure, data["schedules"], data["complete"], data["max_preemptions"], data["seconds"],
        settings["max_preemptions"], processes, data.get("diverged", ""),
    )  # fmt: skip


def _never_returned(functions: list[Any], outcome: Any) -> dict[str, Any]:
    """A call that never comes back to Python, such as sum() of something endless: nothing could end it."""
    names = [
        (chr(ord("A") + number), getattr(each, "__name__", "?"))
        for number, each in enumerate(functions)
    ]
    where = "; ".join(
        line for process in outcome.processes for line in process.stack if "explorer" not in line
    )
    message = "a call in one of the processes never returns" + (
        f" ({where[:200]})" if where else ""
    )
    failure = {
        "diagnosis": "hang", "message": message, "schedule": "", "steps": [],
        "processes": names, "cut": 0, "scope": "",
    }  # fmt: skip
    return {
        "failure": failure, "schedules": 1, "complete": False, "max_preemptions": -1,
        "seconds": outcome.seconds,
    }  # fmt: skip
