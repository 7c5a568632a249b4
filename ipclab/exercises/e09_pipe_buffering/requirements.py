"""How is a solution of exercise 9 judged? One function for each requirement."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Mapping
from typing import Any

from ipclab.exercises.checking import Exam, Finding, Requirement, failed, left_behind, passed
from ipclab.experiments.pipe_model import PAGE_SIZE
from ipclab.sandbox import Run

from .meanings import NO_NUMBER, NOT_AS_IT_WAS
from .scenarios import FRESH, Pipe, measure
from .slots import explaining_chunk, filled_until_refused, filled_while_writable

DEADLINE = 8.0  # seconds; writing a mebibyte byte by byte takes a second, on a busy machine several


def _fresh(exam: Exam) -> Run:
    """The first trial: one pipe as the system makes it."""
    return exam.once("fresh", lambda: exam.run(measure, [FRESH], 1, deadline=DEADLINE))


def _varied(exam: Exam) -> Run:
    """The second: smallest and largest, each way of blocking, every pipe twice."""
    return exam.once("varied", lambda: exam.run(measure, _varied_pipes(exam), 2, deadline=DEADLINE))


def _varied_pipes(exam: Exam) -> list[Pipe]:
    return [
        Pipe(PAGE_SIZE, True, True),
        Pipe(2 * PAGE_SIZE, True, False),
        Pipe(PAGE_SIZE << exam.random.randrange(2, 4), False, False),
        Pipe(32 * PAGE_SIZE, False, True),
    ]


def _largest(exam: Exam) -> Run:
    return exam.once(
        "largest", lambda: exam.run(measure, [Pipe(256 * PAGE_SIZE)], 1, deadline=DEADLINE)
    )


def _trouble(exam: Exam, run: Run) -> Finding | None:
    """Both ends must stay open here, so that no way of hanging has a better name than that."""
    return failed("hang", str(run.stuck)) if run.stuck else exam.trouble(run)


def _examine_return(exam: Exam) -> Finding:
    run = _fresh(exam)
    if problem := _trouble(exam, run):
        return problem
    [seen] = run.value
    if seen["value"] is None:
        return failed("wrong-result", f"It returned {seen['shown']}, which is not an int.")
    return passed(f"It returned {seen['value']:,} for {FRESH}.")


def _examine_way(exam: Exam) -> Finding:
    run = _varied(exam)
    asked = _asked(_fresh(exam)) or _asked(run)
    if asked:
        return failed("forbidden-shortcut", f"It {asked}. The exercise is to find out by writing.")
    seen = _fresh(exam).value if exam.trouble(run) else [*_fresh(exam).value, *run.value]
    idle = [trial for trial in seen if trial["moved"] < min(trial["value"] or 0, trial["capacity"])]
    if not idle:
        return passed("It asked nobody, and filled the pipe.")
    if all(trial["value"] == trial["capacity"] for trial in seen) and len(idle) == len(seen) > 1:
        return failed(
            "forbidden-shortcut", "It was right for every pipe, and never wrote into one."
        )
    trial = idle[0]
    return failed(
        "hard-coded",
        f"It returned {trial['value']:,} for {Pipe(*trial['pipe'])} without writing so many bytes:"
        f" only {trial['moved']:,} were read or written meanwhile.",
    )


def _asked(run: Run) -> str | None:
    """How a run asked the kernel for the size, or set it."""
    for event in run.events:
        if event.caller.startswith("ipclab."):
            continue
        if event.name == "fcntl.fcntl":
            command = event.detail.split()[1]
            for name in ("F_GETPIPE_SZ", "F_SETPIPE_SZ"):
                if command == str(getattr(fcntl, name)):
                    return f"called fcntl with {name}"
        if event.name == "open" and "/fs/pipe" in event.detail:
            return f"read {event.detail}"
    return None


def _examine_fresh(exam: Exam) -> Finding:
    return _judge_values(exam, _fresh(exam).value)


def _examine_sizes(exam: Exam) -> Finding:
    return _judge_run(exam, _varied(exam))


def _examine_largest(exam: Exam) -> Finding:
    return _judge_run(exam, _largest(exam))


def _judge_run(exam: Exam, run: Run) -> Finding:
    return _trouble(exam, run) or _judge_values(exam, run.value)


def _judge_values(exam: Exam, seen: list[dict[str, Any]]) -> Finding:
    for trial in seen:
        if trial["value"] != trial["capacity"]:
            return _name_the_mistake(exam, trial)
    trial = seen[-1]
    return passed(f"{trial['value']:,} bytes for {Pipe(*trial['pipe'])}: right.")


def _name_the_mistake(exam: Exam, trial: Mapping[str, Any]) -> Finding:
    """A wrong number tells how the pipe was filled, if several pipes tell the same."""
    value, capacity = trial["value"], trial["capacity"]
    what = (
        f"It returned {trial['shown']} for {Pipe(*trial['pipe'])}, which accepts {capacity:,} bytes"
    )
    trials = [each for run in (_fresh(exam), _varied(exam)) if run.value for each in run.value]
    values = {each["value"] for each in trials}
    if len(values) == 1 and len(trials) > 1 and value:
        return failed("hard-coded", f"{what}. It returned the same number for every pipe.")
    found = {each["capacity"]: each["value"] for each in trials if each["value"]}
    if value is None or not 0 < value < capacity:
        return failed("wrong-result", f"{what}.")
    if chunk := explaining_chunk(filled_until_refused, found):
        return failed(
            "chunk-too-coarse",
            f"{what}. So many fit in if each write has {chunk:,} bytes: the rest of a page stays empty.",
        )
    if chunk := explaining_chunk(filled_while_writable, found):
        return failed(
            "poll-is-not-full",
            f"{what}. So many are in it, written {chunk:,} at a time, when poll no longer calls it writable.",
        )
    short = [size for size, got in found.items() if got < size - 1]
    if capacity // 2 <= value < capacity - 1 and len(short) > len(found) // 2:
        return failed("chunk-too-coarse", f"{what}. Smaller chunks would still have fitted in.")
    return failed("wrong-result", f"{what}.")


def _trials(exam: Exam) -> list[dict[str, Any]]:
    runs = (_fresh(exam), _varied(exam), _largest(exam))
    return [trial for run in runs if run.value and not exam.trouble(run) for trial in run.value]


def _examine_open(exam: Exam) -> Finding:
    for trial in _trials(exam):
        closed = [
            name
            for name, is_open in zip(("read", "write"), trial["open"], strict=True)
            if not is_open
        ]
        if closed:
            return failed(
                "wrong-result", f"After the call the {' and the '.join(closed)} end was closed."
            )
        if trial["resized"] != trial["capacity"]:
            return failed(
                "wrong-result",
                f"The call changed the pipe's size from {trial['capacity']:,} to {trial['resized']:,} bytes.",
            )
    return passed("Both ends were still open.")


def _examine_flags(exam: Exam) -> Finding:
    for trial in _trials(exam):
        before, after = trial["flags"]
        for name, old, new in zip(
            ("read end", "read end", "write end", "write end"), before, after, strict=True
        ):
            if old != new and new is not None:
                return failed(
                    "flags-changed",
                    f"The {name} of {Pipe(*trial['pipe'])} had the flags {old:#o},"
                    f" and {new:#o} afterwards{_nonblock(old, new)}.",
                )
    return passed("The flags of both ends were what they had been.")


def _nonblock(old: int, new: int) -> str:
    changed = (old ^ new) & os.O_NONBLOCK
    return f": O_NONBLOCK is {'set' if new & os.O_NONBLOCK else 'gone'}" if changed else ""


def _examine_empty(exam: Exam) -> Finding:
    for trial in _trials(exam):
        if trial["left"]:
            return failed(
                "data-left-in-pipe",
                f"{trial['left']:,} bytes were still in the pipe after the call.",
            )
    return passed("The pipe was empty again.")


def _examine_leaks(exam: Exam) -> Finding:
    runs = (_fresh(exam), _varied(exam))
    return left_behind(runs) or passed("No descriptor, process, thread or file was left.")


RETURNS = "it returns a number, and does not hang"
REQUIREMENTS = (
    Requirement(RETURNS, _examine_return, meanings=NO_NUMBER),
    Requirement("it finds the number by writing", _examine_way, needs=(RETURNS,)),
    Requirement("it is right for a pipe as the system makes it", _examine_fresh, needs=(RETURNS,)),
    Requirement(
        "it is right for other sizes, blocking or not, and twice",
        _examine_sizes,
        needs=(RETURNS,),
    ),
    Requirement("it is right for a pipe of 1 MiB", _examine_largest, needs=(RETURNS,)),
    Requirement(
        "it leaves both ends open and the size as it was",
        _examine_open,
        needs=(RETURNS,),
        meanings=NOT_AS_IT_WAS,
    ),
    Requirement("it leaves the flags of both ends as they were", _examine_flags, needs=(RETURNS,)),
    Requirement("it leaves the pipe empty", _examine_empty, needs=(RETURNS,)),
    Requirement("it leaves nothing else behind", _examine_leaks, needs=(RETURNS,)),
)
