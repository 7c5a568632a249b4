"""How is a solution of exercise 7 judged? First by running it, then by every order of its steps."""

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
)
from ipclab.sandbox import Run

from . import meanings, orders, scenarios
from .explored import often
from .scenarios import Case

FAR = (1 << 64) - 1  # the counter never passes it
STARTS = (0, 41, 255, (1 << 16) - 1, (1 << 32) - 1, (1 << 63) - 1, (1 << 63) + 5)
WORKERS, INCREMENTS = 4, 400
HELD = 2.0  # seconds for which the lock is taken: longer than a time-out that hopes for the best
WORK = 4.0  # seconds for all else in a run in which it is taken
LOOK = 0.1  # seconds for which it is taken from a worker in the midst of its turns
MANY = 1_500  # turns, more than calls can be nested in Python
BUSY = 0.2  # of a processor: more than that while there is nothing to do is a busy wait


Seen = dict[str, Any]


def _cases(exam: Exam, locked: bool) -> list[Case]:
    """Every boundary of the counter, and of how often."""
    some = exam.random.randrange(1 << 40, 1 << 60)
    return [
        *(Case(locked, 7, times) for times in (1, 0, 2, 3, MANY if locked else 300)),
        *(Case(locked, start, 1) for start in (*STARTS, some, FAR - 1)),
        Case(locked, FAR - 300, 300),
    ]


def _examine_counting(exam: Exam) -> Finding:
    cases = _cases(exam, locked=False)
    run = exam.run(scenarios.call, cases)
    if problem := _trouble(exam, run):
        return problem
    return _judge_counts(cases, run.value) or passed(
        f"{len(cases)} calls of one process alone counted right, from 0 up to 2**64 - 1."
    )


def _examine_locked_counting(exam: Exam) -> Finding:
    cases, run = _locked_calls(exam)
    if problem := _trouble(exam, run):
        return problem
    for seen in run.value:
        if seen["raised"] and seen["lock"] == 0:
            return failed(
                "lock-not-released", f"The call raised {seen['raised']} and left the lock taken."
            )
    return _judge_counts(cases, run.value) or passed(
        f"{len(cases)} calls of one process alone counted right, from 0 up to 2**64 - 1."
    )


def _locked_calls(exam: Exam) -> tuple[list[Case], Run]:
    cases: list[Case]
    cases, run = exam.once("locked", lambda: _run_locked(exam))
    return cases, run


def _run_locked(exam: Exam) -> tuple[list[Case], Run]:
    cases = _cases(exam, locked=True)
    return cases, exam.run(scenarios.call, cases)


def _trouble(exam: Exam, run: Run) -> Finding | None:
    """One process, and a lock that was free: whoever waits for it then has taken it himself."""
    if run.stuck and any(
        wait.wants == "semaphore" for each in run.processes for wait in each.waits
    ):
        return failed("self-deadlock", str(run.stuck))
    return exam.trouble(run)


def _judge_counts(cases: list[Case], calls: list[Seen]) -> Finding | None:
    for case, seen in zip(cases, calls, strict=True):
        what = f"From {case.before:,}, told to add 1, {often(case.times)}"
        if seen["raised"]:
            return failed("exception", f"{what}, it raised {seen['raised']}.")
        if problem := _judge_memory(what, seen, case.before + case.times):
            return problem
    return None


def _judge_memory(what: str, seen: Seen, right: int) -> Finding | None:
    if seen["counter"] is None:
        return failed("wrong-result", f"{what}, it closed the caller's memory.")
    if not seen["rest"]:
        return failed("wrong-result", f"{what}, it changed bytes behind the counter.")
    if seen["counter"] != right:
        return failed(
            "wrong-result", f"{what}, the counter was {seen['counter']:,}, and should be {right:,}."
        )
    return None


def _examine_lock_afterwards(exam: Exam) -> Finding:
    cases, run = _locked_calls(exam)
    for case, seen in zip(cases, run.value, strict=True):
        if seen["lock"] == 0:
            return failed(
                "lock-not-released",
                f"Told to add 1, {often(case.times)}, it returned with the lock taken.",
            )
        if seen["lock"] > 1:
            return failed(
                "wrong-result",
                f"After the call the semaphore had the value {seen['lock']}: it was released more often"
                " than acquired, and now two may enter at once.",
            )
    for name in ("waiting", "interrupted"):  # they take longest: so they begin as soon as they can
        exam.begin(name, partial(_watched, exam, name))
    return passed("After each call the lock was free, also when there was nothing to add.")


def _watched(exam: Exam, name: str) -> Run:
    if name == "waiting":
        return exam.run(scenarios.wait_for_lock, HELD, deadline=HELD + WORK)
    # What a killed worker leaves is none of the solution's doing.
    return exam.run(scenarios.interrupt, LOOK, recorded=False)


def _examine_callers_things(exam: Exam) -> Finding:
    for seen in _locked_calls(exam)[1].value:
        if seen["lock"] < 0:
            return failed("wrong-result", "It closed the caller's semaphore.")
        if not seen["named"]:
            return failed("wrong-result", "It unlinked the caller's semaphore.")
    return passed("Memory and semaphore were still open, and had their names.")


def _examine_workers(exam: Exam) -> Finding:
    run = exam.run(scenarios.compete, WORKERS, INCREMENTS)
    what = f"{WORKERS} processes, each adding 1, {often(INCREMENTS)}"
    if problem := exam.trouble(run):
        return problem
    if any(run.value["statuses"]):
        return failed(
            "exception", f"{what}. {_ended(max(run.value['statuses'], key=abs), run.value)}."
        )
    total, right = run.value["counter"], WORKERS * INCREMENTS
    if total < right:
        return failed("lost-update", f"{what}: the counter was {total:,}, and should be {right:,}.")
    return (
        _judge_memory(what, run.value, right)
        or _examine_interrupted(exam)
        or passed(f"{what}: {total:,}.")
    )


def _ended(status: int, seen: Seen) -> str:
    """How a worker ended, in words."""
    raised = f": it raised {seen['raised']}" if seen["raised"] else ""
    return f"A process ended with status {status}{raised}"


def _examine_interrupted(exam: Exam) -> Finding | None:
    run = exam.begun["interrupted"].result()
    if problem := exam.trouble(run):
        return problem
    if moved := sum(each or 0 for each in run.value["moved"]):
        return failed(
            "lost-update",
            "It had counted for a while when another process took the lock, and counted on while that held"
            f" it: the counter moved by {moved:,}.",
        )
    return None


def _examine_waiting(exam: Exam) -> Finding:
    run = exam.begun["waiting"].result()
    if problem := exam.trouble(run):
        return problem
    seen = run.value
    held = f"For {HELD:.0f} s another process held the lock"
    if problem := _judge_held(held, seen):
        return problem
    if seen["share"] > BUSY:
        return failed(
            "busy-wait", f"{held}: meanwhile {seen['share']:.0%} of a processor was used."
        )
    right = scenarios.ADDED + scenarios.WAITING
    if seen["counter"] is not None and seen["counter"] < right:
        return failed(
            "lost-update",
            f"{held} and added {scenarios.ADDED:,} to the counter. Then this one added 1,"
            f" {often(scenarios.WAITING)}: the counter was {seen['counter']:,}, and should be {right:,}.",
        )
    return _judge_memory("After waiting for the lock", seen, right) or passed(
        f"Waiting for a lock that was held for {HELD:.0f} s cost next to no processor time."
    )


def _judge_held(held: str, seen: Seen) -> Finding | None:
    """What a worker must not do because somebody else holds the lock: count on, give up, go without."""
    if seen["meanwhile"]:
        return failed(
            "lost-update",
            f"{held}: this one counted on, and the counter moved by {seen['meanwhile']:,}.",
        )
    if seen["status"] != 0:
        return failed("exception", f"{held}. {_ended(seen['status'], seen)}.")
    if seen["ended"]:
        return failed("wrong-result", f"{held}: this one returned without having counted.")
    return None


def _examine_leaks(exam: Exam) -> Finding:
    return left_behind(exam.runs) or passed("No name, descriptor, process or thread was left.")


LOSES = "without the lock: an update can be lost"
NEVER_LOSES = "with the lock: no order of steps loses an update"
ALONE = "without the lock: one process alone counts right"
LOCKED_ALONE = "with the lock: one process alone counts right"
FREE = "with the lock: it is free afterwards"
REQUIREMENTS = (
    Requirement(ALONE, _examine_counting),
    Requirement(LOCKED_ALONE, _examine_locked_counting),
    Requirement(
        FREE, _examine_lock_afterwards, needs=(LOCKED_ALONE,), meanings=meanings.LOCK_AFTERWARDS
    ),
    Requirement(
        "it leaves memory and semaphore open and in place",
        _examine_callers_things,
        needs=(LOCKED_ALONE,),
        meanings=meanings.CALLERS_THINGS,
    ),
    Requirement(LOSES, orders.examine_losing, needs=(ALONE,), meanings=meanings.CANNOT_LOSE),
    Requirement(NEVER_LOSES, orders.examine_never_losing, needs=(LOCKED_ALONE, FREE)),
    Requirement(
        "with the lock: several processes count right",
        _examine_workers,
        needs=(LOCKED_ALONE, FREE),
        meanings=meanings.TOGETHER,
    ),
    Requirement(
        "with the lock: it sleeps while it waits",
        _examine_waiting,
        needs=(LOCKED_ALONE, FREE),
        meanings=meanings.TOGETHER,
    ),
    Requirement("it leaves nothing behind", _examine_leaks),
)
