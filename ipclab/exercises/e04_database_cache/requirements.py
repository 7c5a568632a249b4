"""How is a solution of exercise 4 judged? One worker alone, then every order of several workers' steps."""

from __future__ import annotations

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
from ipclab.exercises.schedules import as_evidence, not_explored
from ipclab.explorer.results import failure_from
from ipclab.sandbox import Run

from . import alone, explored, meanings, scenarios, workers
from .alone import Case, show

BUDGET = 4.0  # seconds of a processor for one group's explorations
LONGEST = 25.0  # seconds of waiting for them
HELD_UP = 1.0  # seconds for which the store keeps a worker
BUSY = 0.2  # of a processor: more than that while there is nothing to do is a busy wait
OVERTAKING = (("get", "set"), ("set", "set"), ("set", "get"))  # who is held up, who comes meanwhile

GET, NEW, THIRD = ("get", b""), ("set", b"new"), ("set", b"third")
OLD = b"old"


def _instance(
    *jobs: tuple[tuple[str, bytes], ...],
    cached: bytes | None = None,
    stored: bytes | None = OLD,
    failing: str = "",
    error: str = "Exception",
) -> dict[str, Any]:
    return {"jobs": jobs, "cached": cached, "stored": stored, "failing": failing, "error": error}


Groups = tuple[tuple[dict[str, Any], ...], ...]
# Each group is explored in a process of its own, the small instances first.
TOGETHER: Groups = (
    (
        _instance((GET,), (NEW,)),
        _instance((NEW,), (THIRD,)),
        _instance((GET,), (NEW,), cached=OLD),
        _instance((NEW,), (THIRD,), cached=OLD),
        _instance((GET,), (NEW,), stored=None),
        _instance((NEW, GET), (GET,)),
        _instance((NEW, GET), (THIRD,)),
    ),
    (
        _instance((GET,), (GET,), (NEW,)),
        _instance((GET,), (NEW,), (THIRD,)),
        _instance((GET,), (NEW,), (THIRD,), cached=OLD),
    ),
)
FAILING: Groups = (
    (
        _instance((GET,), (NEW,), failing="before"),
        _instance((GET,), (NEW,), failing="after", error="OSError"),
        _instance((GET,), (NEW,), cached=OLD, failing="before", error="OSError"),
        _instance((GET,), (NEW,), cached=OLD, failing="after"),
        _instance((NEW,), (THIRD,), cached=OLD, failing="after"),
        _instance((GET,), (NEW,), failing="get"),
    ),
)


def _examine_calls(name: str, exam: Exam) -> Finding:
    cases = {
        "values": lambda: alone.values(exam.random),
        "absence": alone.absence,
        "failures": alone.failures,
    }
    made: list[Case]
    made, run = exam.once(name, lambda: _act(exam, cases[name]()))
    if problem := exam.trouble(run):
        return problem
    if problem := alone.judge(made, run.value):
        return problem
    calls = sum(map(len, run.value))
    return passed(f"{calls} calls in {len(made)} cases: each returned and left what it should.")


def _act(exam: Exam, cases: list[Case]) -> tuple[list[Case], Run]:
    return cases, exam.run(scenarios.act, cases)


def _examine_hits(exam: Exam) -> Finding:
    hits = 0
    for name in ("values", "absence"):
        cases, run = exam.begun[name].result()
        for case, seen in zip(cases, run.value, strict=True):
            if problem := alone.judge_hits(case, seen):
                return problem
            hits += sum(call["before"][0] is not None for call in seen)
    return passed(
        f"In {hits} calls the cache held the value, and the store was left alone by every get."
    )


def _examine_together(groups: Groups, exam: Exam) -> Finding:
    schedules = 0
    _begin_overtaking(exam)
    for each in (*TOGETHER, *FAILING):
        exam.begin(f"explored {id(each)}", partial(_explore, exam, each))
    complete = True
    for each in groups:
        run: Run = exam.begun[f"explored {id(each)}"].result()
        if problem := not_explored(exam, run):
            return problem
        if data := run.value["failure"]:
            failure = failure_from(data)
            return failed(failure.diagnosis, as_evidence(failure), failure.schedule)
        schedules += run.value["schedules"]
        complete = complete and run.value["complete"]
    if not complete:
        return skipped("there are too many orders of its steps to try them all")
    return passed(
        f"{sum(map(len, groups))} beginnings, {schedules:,} orders of their steps: all with at most"
        f" {explored.PREEMPTIONS[2]} preemptions of two workers, and {explored.PREEMPTIONS[3]} of three, under"
        " sequentially consistent memory."
    )


def _explore(exam: Exam, instances: tuple[dict[str, Any], ...]) -> Run:
    return exam.run(explored.explore, list(instances), BUDGET, deadline=LONGEST, recorded=False)


def _examine_overtaking(exam: Exam) -> Finding:
    run = _overtaken(exam)
    if problem := exam.trouble(run):
        return problem
    told = []
    for (first, second), seen in zip(OVERTAKING, run.value, strict=True):
        what = f"A {first} was held up in the store, and another worker's {second} came meanwhile"
        if problem := _judge_overtaking(what, seen):
            return problem
        told.append(f"{second} during a {first}: {'it waited' if seen['waited'] else 'it went on'}")
    return passed(f"The cache held nothing that was over. {'; '.join(told)}.")


def _judge_overtaking(what: str, seen: dict[str, Any] | None) -> Finding | None:
    if seen is None:
        return failed("exception", f"{what}: a worker ended its process, or its parent's.")
    if any(seen["statuses"]):
        return failed("exception", f"{what}: a worker ended with status {max(seen['statuses'])}.")
    if seen["locked"]:
        return failed("lock-not-released", f"{what}: both are over, and the lock is still taken.")
    if seen["cached"] not in (None, seen["stored"]):
        return failed(
            "stale-read",
            f"{what}: both are over, the store holds {show(seen['stored'])}, and the cache"
            f" {show(seen['cached'])}, which every later get will return.",
        )
    return None


def _begin_overtaking(exam: Exam) -> None:
    # A solution's lock may be one that all of them share: then they come one after the other.
    deadline = 2 * HELD_UP * len(OVERTAKING)
    exam.begin(
        "overtaken",
        lambda: exam.run(workers.overtake_each, list(OVERTAKING), HELD_UP, deadline=deadline),
    )


def _overtaken(exam: Exam) -> Run:
    _begin_overtaking(exam)
    run: Run = exam.begun["overtaken"].result()
    return run


def _examine_waiting(exam: Exam) -> Finding:
    for (first, second), seen in zip(OVERTAKING, _overtaken(exam).value, strict=True):
        if seen["waited"] and seen["share"] > BUSY:
            return failed(
                "busy-wait",
                f"A {first} was held up in the store for {HELD_UP:.0f} s; the {second} that waited for it used"
                f" {seen['share']:.0%} of a processor.",
            )
    return passed("Waiting for another worker cost next to no processor time.")


def _examine_leaks(exam: Exam) -> Finding:
    return left_behind(exam.runs) or passed("No name, descriptor, process or thread was left.")


ALONE = "one worker alone gets what the store holds"
ABSENT = 'an absent key is None, and b"" is a value'
HITS = "a hit leaves the store alone, a miss fills the cache"
RAISES = "when the store raises: the caller knows, the lock is free, the cache is clean"
ORDERS = "no order of several workers' steps leaves or returns an old value"
FAILING_ORDERS = "the same, when the store raises"
REAL = "real workers: none overtakes another one with an old value"
REQUIREMENTS = (
    Requirement(ALONE, partial(_examine_calls, "values")),
    Requirement(ABSENT, partial(_examine_calls, "absence"), needs=(ALONE,)),
    Requirement(HITS, _examine_hits, needs=(ALONE, ABSENT), meanings=meanings.HITS),
    Requirement(
        RAISES, partial(_examine_calls, "failures"), needs=(ALONE,), meanings=meanings.RAISED
    ),
    Requirement(
        ORDERS,
        partial(_examine_together, TOGETHER),
        needs=(ALONE, ABSENT, HITS, RAISES),
        meanings=meanings.RESULTS_TOGETHER,
    ),
    Requirement(
        FAILING_ORDERS,
        partial(_examine_together, FAILING),
        needs=(ALONE, ABSENT, HITS, RAISES),
        meanings=meanings.RESULTS_TOGETHER,
    ),
    Requirement(REAL, _examine_overtaking, needs=(ALONE, ABSENT, HITS, RAISES)),
    Requirement("it sleeps while it waits", _examine_waiting, needs=(REAL,)),
    Requirement("it leaves nothing behind", _examine_leaks),
)
