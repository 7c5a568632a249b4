"""How is a solution of exercise 6 judged? One function for each requirement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ipclab.exercises.checking import Exam, Finding, Requirement, failed, passed
from ipclab.sandbox import Run

from . import scenarios

BUSY = 0.2  # of the time: more than that while there is nothing to do is a busy wait
_DEADLINE = 20.0  # seconds for one scenario; its parts have deadlines that progress puts off


def _number(exam: Exam) -> int:
    return exam.random.randrange(1, 1 << 31)


def _judged(scenario: Callable[..., Any]) -> Callable[[Exam], Finding]:
    """A requirement that a scenario with a seed decides."""

    def examine(exam: Exam) -> Finding:
        return _read(exam, exam.run(scenario, _number(exam), deadline=_DEADLINE))

    return examine


def _read(exam: Exam, run: Run) -> Finding:
    if problem := exam.trouble(run):
        return problem
    diagnosis, evidence = run.value
    if diagnosis == "late":
        return failed("wrong-result", evidence)
    return failed(diagnosis, evidence) if diagnosis else passed(evidence)


def _first(exam: Exam) -> Run:
    return exam.once(
        "first", lambda: exam.run(scenarios.one_by_one, _number(exam), deadline=_DEADLINE)
    )


def _examine_records(exam: Exam) -> Finding:
    exam.begin("waiting", lambda: exam.run(scenarios.waiting))
    run = _first(exam)
    if problem := exam.trouble(run):
        return problem
    diagnosis, evidence = run.value["records"]
    return failed(diagnosis, evidence) if diagnosis else passed(f"{evidence}: all arrived.")


def _examine_end(exam: Exam) -> Finding:
    if _first(exam).value["ended"]:
        return passed("After the last write end was closed, receive_records ended.")
    return failed(
        "eof-missed",
        "All write ends were closed, and receive_records had not ended a second and a half later.",
    )


def _examine_promptness(exam: Exam) -> Finding:
    if late := _first(exam).value["late"]:
        return failed(
            "wrong-result",
            f"Record {late} had been written, whole, and came out only when more was written or"
            " the pipe was closed.",
        )
    return passed("Each record came out before the next was sent.")


def _examine_limit(exam: Exam) -> Finding:
    limits = [512, exam.random.randrange(600, 3000)]
    return _read(exam, exam.run(scenarios.smaller_limit, limits, deadline=_DEADLINE))


def _examine_waiting(exam: Exam) -> Finding:
    run = exam.once("waiting", lambda: exam.run(scenarios.waiting))
    if problem := exam.trouble(run):
        return problem
    share = run.value["running"]
    if share > BUSY:
        return failed(
            "busy-wait",
            f"Over an empty pipe the receiver ran, or wanted to, for {share:.0%} of a second.",
        )
    return passed("Waiting for the next record cost next to no processor time.")


WORKS = "the records of one writer arrive"
ENDS = "receiving ends at end of file"
CUTS = "reads may cut the bytes anywhere"
SIZES = "every length and every sender"
MIXED = "several writers do not mix"
REQUIREMENTS = (
    Requirement(WORKS, _examine_records),
    Requirement(ENDS, _examine_end, needs=(WORKS,)),
    Requirement(CUTS, _judged(scenarios.cut_elsewhere), needs=(WORKS, ENDS)),
    Requirement("empty records arrive", _judged(scenarios.empty_records), needs=(WORKS, ENDS)),
    Requirement(SIZES, _judged(scenarios.sizes), needs=(WORKS, ENDS, CUTS)),
    Requirement(MIXED, _judged(scenarios.together), needs=(SIZES,)),
    Requirement("many writers", _judged(scenarios.many), needs=(MIXED,)),
    Requirement("no write is longer than PIPE_BUF", _examine_limit, needs=(SIZES,)),
    Requirement("a writer may be stopped", _judged(scenarios.stopped), needs=(MIXED,)),
    Requirement("a writer may die in mid-record", _judged(scenarios.killed), needs=(MIXED,)),
    Requirement("each record comes as soon as it is complete", _examine_promptness, needs=(WORKS,)),
    Requirement("two pipes are kept apart", _judged(scenarios.two_pipes), needs=(SIZES,)),
    Requirement("it waits without using the processor", _examine_waiting, needs=(WORKS, ENDS)),
)
