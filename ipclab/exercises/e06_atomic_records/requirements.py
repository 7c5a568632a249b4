"""How is a solution of exercise 6 judged? One function for each requirement."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ipclab.exercises.checking import (
    Exam,
    Finding,
    Requirement,
    failed,
    left_behind,
    passed,
    skipped,
)
from ipclab.sandbox import Run

from . import scenarios, surroundings
from .meanings import SILENCE

BUSY = 0.2  # of the time: more than that while there is nothing to do is a busy wait
_DEADLINE = 20.0  # seconds for one scenario; its parts have deadlines that progress puts off


def _number(exam: Exam) -> int:
    return exam.random.randrange(1, 1 << 31)


def _begin(exam: Exam, scenario: Callable[..., Any]) -> None:
    """Start it, beside the others, unless it has begun."""
    if scenario in (scenarios.waiting, surroundings.to_the_end, surroundings.given_up):
        start = partial(exam.run, scenario, deadline=_DEADLINE)
    else:
        start = partial(exam.run, scenario, _number(exam), deadline=_DEADLINE)
    exam.begin(scenario.__name__, start)


def _run(exam: Exam, scenario: Callable[..., Any]) -> Run:
    _begin(exam, scenario)
    made: Run = exam.begun[scenario.__name__].result()
    return made


def _judged(scenario: Callable[..., Any]) -> Callable[[Exam], Finding]:
    """A requirement that a scenario decides."""
    return lambda exam: _read(exam, _run(exam, scenario))


def _read(exam: Exam, run: Run) -> Finding:
    if problem := exam.trouble(run):
        return problem
    return _finding(*run.value)


def _finding(diagnosis: str, evidence: str) -> Finding:
    if diagnosis == "late":
        return failed("wrong-result", evidence)
    if diagnosis == "unmeasured":
        return skipped(evidence)
    return failed(diagnosis, evidence) if diagnosis else passed(evidence)


def _first(exam: Exam) -> Run:
    return _run(exam, scenarios.one_by_one)


def _examine_records(exam: Exam) -> Finding:
    run = _first(exam)
    if problem := exam.trouble(run):
        return problem
    diagnosis, evidence = run.value["records"]
    if diagnosis:
        return failed(diagnosis, evidence)
    if run.value["ended"]:
        for scenario in _INDEPENDENT:
            _begin(exam, scenario)
        _begin_limits(exam)
    return passed(f"{evidence}: all arrived.")


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


def _begin_limits(exam: Exam) -> None:
    for name, limit in (("least", 512), ("odd", exam.random.randrange(600, 3000))):
        patch = partial(scenarios.patch_fpathconf, limit)
        start = partial(exam.run, scenarios.smaller_limit, limit, deadline=_DEADLINE, prepare=patch)
        exam.begin(name, start)


def _examine_limit(exam: Exam) -> Finding:
    _begin_limits(exam)
    findings = [_read(exam, exam.begun[name].result()) for name in ("least", "odd")]
    return next((each for each in findings if each.status == "fail"), findings[-1])


def _examine_tidiness(exam: Exam) -> Finding:
    # Only these two runs: whether another has ended by now is chance.
    runs = [_run(exam, each) for each in (surroundings.to_the_end, surroundings.given_up)]
    for run in runs:
        if (finding := _read(exam, run)).status != "pass":
            return finding
    return left_behind(runs) or passed(
        "Descriptors, their flags and the caller's other child were as before."
    )


def _examine_leaks(exam: Exam) -> Finding:
    runs = [begun.result() for begun in exam.begun.values()]
    return left_behind(runs) or passed("No descriptor, process, thread or file was left.")


def _examine_silence(exam: Exam) -> Finding:
    run = _run(exam, scenarios.waiting)
    return exam.trouble(run) or _finding(*run.value["silence"])


def _examine_waiting(exam: Exam) -> Finding:
    run = _run(exam, scenarios.waiting)
    if problem := exam.trouble(run):
        return problem
    share = run.value["running"]
    if share > BUSY:
        return failed(
            "busy-wait",
            f"Over an empty pipe the receiver ran, or wanted to, for {share:.0%} of a second.",
        )
    return passed("Waiting for the next record cost next to no processor time.")


# Those that need patience first.
_INDEPENDENT = (
    scenarios.waiting,
    scenarios.sizes,
    scenarios.cut_elsewhere,
    scenarios.empty_records,
    scenarios.together,
    scenarios.many,
    scenarios.stopped,
    scenarios.killed,
    scenarios.two_pipes,
    surroundings.interrupted,
    surroundings.to_the_end,
    surroundings.given_up,
)
WORKS = scenarios.FIRST
ENDS = "receiving ends at end of file"
CUTS = "reads may cut the bytes anywhere"
SIZES = "every length and every sender"
PROMPT = "each record comes as soon as it is complete"
TIDY = "what belongs to the caller stays as it was"
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
    Requirement(PROMPT, _examine_promptness, needs=(WORKS,)),
    Requirement(TIDY, _examine_tidiness, needs=(WORKS, ENDS, PROMPT)),
    Requirement("two pipes are kept apart", _judged(scenarios.two_pipes), needs=(SIZES, TIDY)),
    Requirement("signals do no harm", _judged(surroundings.interrupted), needs=(SIZES, MIXED)),
    Requirement("a silence is not the end", _examine_silence, needs=(SIZES,), meanings=SILENCE),
    Requirement("it waits without using the processor", _examine_waiting, needs=(WORKS, ENDS)),
    Requirement("nothing is left behind", _examine_leaks, needs=(WORKS, ENDS, TIDY)),
)
