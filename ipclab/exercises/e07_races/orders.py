"""In which orders of the steps of a few processes does a solution of exercise 7 go wrong?"""

from __future__ import annotations

from functools import partial

from ipclab.exercises.checking import Exam, Finding, failed, passed, skipped
from ipclab.exercises.schedules import as_evidence, not_explored
from ipclab.explorer.results import failure_from
from ipclab.sandbox import Run

from . import explored, scenarios

STOPPED = 10.0  # seconds at most for stopping a worker again and again
BUDGET, START_UP = 3.0, 6.0  # seconds for one exploration, and for its process beyond that
INSTANCES = ((False, 2, 2), (True, 2, 2), (True, 3, 1))  # with the lock, processes, increments

Instance = tuple[bool, int, int]  # with the lock, processes, increments of each


def _explored(exam: Exam, instance: Instance) -> Run:
    """One exploration; all of them run side by side."""
    for each in INSTANCES:
        exam.begin(f"explored {each}", partial(_explore, exam, each))
    run: Run = exam.begun[f"explored {instance}"].result()
    return run


def _explore(exam: Exam, instance: Instance) -> Run:
    return exam.run(explored.explore, *instance, BUDGET, deadline=BUDGET + START_UP, recorded=False)


def examine_losing(exam: Exam) -> Finding:
    found = _examine_orders(exam)
    return found if found.status != "skipped" else _examine_stopped(exam, found)


def _examine_orders(exam: Exam) -> Finding:
    run = _explored(exam, INSTANCES[0])
    if problem := not_explored(exam, run):
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


def _examine_stopped(exam: Exam, unexplored: Finding) -> Finding:
    """What can't be explored is run, and stopped. That no update is lost then may be luck; that others wait is none."""
    run = exam.run(scenarios.stop, deadline=STOPPED, recorded=False)
    if problem := exam.trouble(run):
        return problem
    seen = run.value
    if seen["lost"]:
        return passed(
            f"A process was stopped in the midst of its turns; in try {seen['tries']} its next write wiped out"
            " what others had added meanwhile."
        )
    if seen["kept_out"] > 1:
        return failed(
            "wrong-result",
            "While one process was stopped in the midst of its turns, another one could not add 1: so"
            f" something keeps it out. In {seen['tries']} tries no update was lost.",
        )
    return unexplored


def examine_never_losing(exam: Exam) -> Finding:
    covered = []
    for instance in INSTANCES[1:]:
        run = _explored(exam, instance)
        if problem := not_explored(exam, run):
            return problem
        if data := run.value["failure"]:
            failure = failure_from(data)
            return failed(failure.diagnosis, as_evidence(failure), failure.schedule)
        if not run.value["complete"]:
            return skipped("there are too many orders of its steps to try them all")
        _, workers, times = instance
        covered.append(f"{workers} processes, {explored.often(times)} each: {run.value['bound']}")
    return passed(
        "No update is lost in any order with at most so many preemptions, under sequentially"
        f" consistent memory: {'; '.join(covered)}. The time-out of an acquire was let run out only where no"
        " process could go on without."
    )
