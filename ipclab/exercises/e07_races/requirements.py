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
    skipped,
)
from ipclab.exercises.schedules import as_evidence
from ipclab.explorer.results import failure_from
from ipclab.sandbox import Run

from . import explored, meanings, scenarios
from .scenarios import Case

FAR = (1 << 64) - 1  # the counter never passes it
STARTS = (0, 41, 255, (1 << 16) - 1, (1 << 32) - 1, (1 << 63) - 1, (1 << 63) + 5)
WORKERS, INCREMENTS = 4, 400
HELD = 1.0  # seconds for which the lock is taken
BUDGET, START_UP = 3.0, 6.0  # seconds for one exploration, and for its process beyond that
INSTANCES = ((False, 2, 2), (True, 2, 2), (True, 3, 1))  # with the lock, processes, increments
BUSY = 0.2  # of a processor: more than that while there is nothing to do is a busy wait


Seen = dict[str, Any]


def _cases(exam: Exam, locked: bool) -> list[Case]:
    """Every boundary of the counter, and of how often."""
    some = exam.random.randrange(1 << 40, 1 << 60)
    return [
        *(Case(locked, 7, times) for times in (1, 0, 2, 3, 300)),
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
        what = f"From {case.before:,}, told to add 1 {case.times:,} times"
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
                f"Told to add 1 {case.times:,} times, it returned with the lock taken.",
            )
        if seen["lock"] > 1:
            return failed(
                "wrong-result",
                f"After the call the semaphore had the value {seen['lock']}: it was released more often"
                " than acquired, and now two may enter at once.",
            )
    return passed("After each call the lock was free, also when there was nothing to add.")


def _examine_callers_things(exam: Exam) -> Finding:
    for seen in _locked_calls(exam)[1].value:
        if seen["lock"] < 0:
            return failed("wrong-result", "It closed the caller's semaphore.")
        if not seen["named"]:
            return failed("wrong-result", "It unlinked the caller's semaphore.")
    return passed("Memory and semaphore were still open, and had their names.")


def _examine_workers(exam: Exam) -> Finding:
    run = exam.run(scenarios.compete, WORKERS, INCREMENTS)
    what = f"{WORKERS} processes, each adding 1 {INCREMENTS} times"
    if problem := exam.trouble(run):
        return problem
    if any(run.value["statuses"]):
        return failed(
            "exception", f"{what}: a process ended with status {max(run.value['statuses'])}."
        )
    total, right = run.value["counter"], WORKERS * INCREMENTS
    if total < right:
        return failed("lost-update", f"{what}: the counter was {total:,}, and should be {right:,}.")
    return _judge_memory(what, run.value, right) or passed(f"{what}: {total:,}.")


def _examine_waiting(exam: Exam) -> Finding:
    run = exam.once("waiting", lambda: exam.run(scenarios.wait_for_lock, HELD))
    if problem := exam.trouble(run):
        return problem
    seen = run.value
    if seen["ended"] or seen["meanwhile"]:
        return failed("lost-update", "It counted on while another process held the lock.")
    if seen["status"] != 0:
        return failed(
            "exception", f"After waiting, its process ended with status {seen['status']}."
        )
    if seen["share"] > BUSY:
        return failed(
            "busy-wait",
            f"For {HELD:.0f} s another process held the lock: meanwhile {seen['share']:.0%} of a processor was used.",
        )
    return _judge_memory("After waiting for the lock", seen, 3) or passed(
        "Waiting for a lock that was held for a second cost next to no processor time."
    )


Instance = tuple[bool, int, int]  # with the lock, processes, increments of each


def _explored(exam: Exam, instance: Instance) -> Run:
    """One exploration; all of them run side by side."""
    for each in INSTANCES:
        exam.begin(f"explored {each}", partial(_explore, exam, each))
    run: Run = exam.begun[f"explored {instance}"].result()
    return run


def _explore(exam: Exam, instance: Instance) -> Run:
    return exam.run(explored.explore, *instance, BUDGET, deadline=BUDGET + START_UP)


def _not_explored(exam: Exam, run: Run) -> Finding | None:
    """Why an exploration brought nothing; None if it did. Alone the solution did not hang: so it is not to blame."""
    if run.stuck:
        return skipped(
            "it waits for something that can't be simulated, a lock of another kind perhaps"
        )
    if problem := exam.trouble(run):
        return problem
    reason = run.value.get("unmodelled")
    return skipped(f"its steps can't be enumerated: {reason}") if reason else None


def _examine_losing(exam: Exam) -> Finding:
    run = _explored(exam, INSTANCES[0])
    if problem := _not_explored(exam, run):
        return problem
    failure = run.value["failure"] and failure_from(run.value["failure"])
    if failure and failure.diagnosis == "lost-update":
        return passed(
            f"Two processes, twice each: {failure.message}, in the order {failure.schedule}."
        )
    if failure:
        return failed(failure.diagnosis, as_evidence(failure), failure.schedule)
    if not run.value["complete"]:
        return skipped("there are too many orders of its steps to try them all")
    return failed(
        "wrong-result",
        f"In none of {run.value['schedules']:,} orders of the steps of two processes an update was lost.",
    )


def _examine_never_losing(exam: Exam) -> Finding:
    covered = []
    for instance in INSTANCES[1:]:
        run = _explored(exam, instance)
        if problem := _not_explored(exam, run):
            return problem
        if data := run.value["failure"]:
            failure = failure_from(data)
            return failed(failure.diagnosis, as_evidence(failure), failure.schedule)
        if not run.value["complete"]:
            return skipped("there are too many orders of its steps to try them all")
        _, workers, times = instance
        covered.append(f"{workers} processes, {times} times each: {run.value['bound']}")
    return passed(
        "No update is lost in any order with at most so many preemptions, under sequentially"
        f" consistent memory: {'; '.join(covered)}."
    )


def _examine_leaks(exam: Exam) -> Finding:
    # What the explorer's own process leaves is none of the solution's doing.
    explorations = [exam.begun[name].result() for name in exam.begun if name.startswith("explored")]
    runs = [run for run in exam.runs if not any(run is each for each in explorations)]
    return left_behind(runs) or passed("No name, descriptor, process or thread was left.")


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
    Requirement(LOSES, _examine_losing, needs=(ALONE,), meanings=meanings.CANNOT_LOSE),
    Requirement(NEVER_LOSES, _examine_never_losing, needs=(LOCKED_ALONE, FREE)),
    Requirement(
        "with the lock: several processes count right", _examine_workers, needs=(LOCKED_ALONE, FREE)
    ),
    Requirement(
        "with the lock: it sleeps while it waits", _examine_waiting, needs=(LOCKED_ALONE, FREE)
    ),
    Requirement("it leaves nothing behind", _examine_leaks),
)
