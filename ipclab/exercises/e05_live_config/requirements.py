"""How is a solution of exercise 5 judged? By running it, and by every order of its steps."""

from __future__ import annotations

from functools import partial

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

from . import alone, explored
from .alone_rules import ALONE, ALONE_RULES, told
from .watch_rules import REPORTED, WATCH_RULES, begin_watching

HELD = 1.0  # seconds for which the lock is taken
BUSY = 0.2  # of a processor: more than that while there is nothing to do is a busy wait
CROWD, TIMES = 3, 150  # publishers, and publications of each
BUDGETS = {"snapshots": 3.0, "publications": 3.0, "changes": 1.2}  # seconds of a processor
START_UP = 4.0  # seconds more for its process


def _begin_waiting(exam: Exam) -> None:
    """What takes its time, not its processor: all of it goes on side by side."""
    begin_watching(exam)
    exam.begin("waiting", lambda: _run_waiting(exam))
    _begin_exploring(exam, "changes")


def _begin_exploring(exam: Exam, what: str) -> None:
    exam.begin(what, partial(_explore, exam, what))


def _explore(exam: Exam, what: str) -> Run:
    return exam.run(
        explored.explore,
        what,
        BUDGETS[what],
        deadline=explored.MOST + START_UP,
        prepare=explored.wait_no_more,
        recorded=False,
    )


def _examine_orders(what: str, words: str, exam: Exam) -> Finding:
    for each in ("snapshots", "publications", what):
        _begin_exploring(exam, each)
    run: Run = exam.begun[what].result()
    if run.stuck:
        return skipped(
            "it waits for something that can't be simulated, a lock of another kind perhaps"
        )
    if problem := exam.trouble(run):
        return problem
    if reason := run.value.get("unmodelled"):
        return skipped(f"its steps can't be enumerated: {reason}")
    if data := run.value["failure"]:
        failure = failure_from(data)
        return failed(failure.diagnosis, as_evidence(failure), failure.schedule)
    if (bound := run.value["bound"]) < 1:
        return skipped("there are too many orders of its steps to try them all")
    return passed(
        f"{words}: right in all orders of steps with at most {bound} preemption{'s'[: bound - 1]}"
        f" ({run.value['schedules']:,} executed), under sequentially consistent memory."
    )


def _run_waiting(exam: Exam) -> Run:
    fields = [5, 6, 7, b"at last"]
    return exam.run(alone.wait_for_lock, fields, HELD, deadline=HELD + 2 * alone.PATIENCE + 4.0)


def _examine_waiting(exam: Exam) -> Finding:
    run: Run = exam.once("waiting", lambda: _run_waiting(exam))
    if problem := exam.trouble(run):
        return problem
    seen = run.value
    for name, share in seen["shares"].items():
        if share > BUSY:
            return failed(
                "busy-wait",
                f"For {HELD:.0f} s another process held the lock: meanwhile {name} used {share:.0%} of a processor.",
            )
    if seen["late"]:
        return failed("hang", f"The lock was free again, and {seen['late'][0]} did not return.")
    if not any(seen["statuses"].values()) and (not seen["stored"] or seen["lock"] != 1):
        text = "publish came while another process held the lock, and has published nothing."
        return failed("lost-update" if seen["lock"] == 1 else "lock-not-released", text)
    return passed("Waiting for a lock that was held for a second cost next to no processor time.")


def _examine_crowd(exam: Exam) -> Finding:
    _begin_waiting(exam)
    draw = exam.random
    configs = [[n, n * 3, n * 5, bytes([64 + n]) * draw.randrange(40, 65)] for n in range(CROWD)]
    run = exam.run(alone.crowd, configs, TIMES)
    if problem := exam.trouble(run):
        return problem
    seen = run.value
    if any(seen["statuses"]):
        return failed("exception", f"A publisher ended with status {max(seen['statuses'])}.")
    if seen["torn"]:
        return failed(
            "torn-read", f"snapshot returned {told(seen['torn'])}, which nobody published."
        )
    if not seen["whole"]:
        return failed(
            "lost-update", "In the end memory held a configuration that nobody published."
        )
    return passed(
        f"{CROWD} publishers, {TIMES} times each: {seen['looks']:,} snapshots were whole."
    )


def _examine_leaks(exam: Exam) -> Finding:
    return left_behind(exam.runs) or passed("No name, descriptor, process or thread was left.")


WHOLE = "snapshot: no order of steps gives a mixture"
TOGETHER = "publish: no order of two publishers leaves a mixture"
NOTICES = "watch: no order of steps hides a change or gives a mixture"
_EXPLORED = (*ALONE, WHOLE, TOGETHER)
REQUIREMENTS = (
    *ALONE_RULES,
    Requirement(
        WHOLE,
        partial(_examine_orders, "snapshots", "Two publications beside two snapshots"),
        needs=ALONE,
    ),
    # It looks with snapshot: one that mixes would be told as a fault of publish.
    Requirement(
        TOGETHER,
        partial(_examine_orders, "publications", "Two publishers"),
        needs=(*ALONE, WHOLE),
    ),
    Requirement("publish and snapshot: whole in a crowd", _examine_crowd, needs=_EXPLORED),
    Requirement(
        "publish and snapshot: they sleep while they wait for the lock",
        _examine_waiting,
        needs=_EXPLORED,
    ),
    *WATCH_RULES,
    Requirement(
        NOTICES,
        partial(_examine_orders, "changes", "Two publications beside a watcher"),
        needs=(*ALONE, WHOLE, REPORTED),
    ),
    Requirement("it leaves nothing behind", _examine_leaks),
)
