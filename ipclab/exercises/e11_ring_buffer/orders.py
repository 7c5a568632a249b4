"""Is there an order of steps that does harm? Every one where they can be enumerated, else a stop at each line."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from ipclab.exercises.checking import Exam, Finding, failed, passed, skipped
from ipclab.exercises.schedules import as_evidence
from ipclab.explorer.results import Failure, failure_from

from . import judging, scenes
from .scenes import the_run


def examine_orders(exam: Exam) -> Finding:
    """All orders of the steps of small buffers; where they can't be enumerated, a stop at each line instead."""
    covered: list[str] = []
    unfinished: list[str] = []
    for instance in scenes.INSTANCES:
        run = the_run(exam, f"explored {instance}")
        if run.stuck or (run.value or {}).get("unmodelled"):
            reason = "simulated, it comes to no end"
            return _examine_stops(exam, reason if run.stuck else run.value["unmodelled"])
        if problem := exam.trouble(run):
            return problem
        if data := run.value["failure"]:
            failure = failure_from(data)
            evidence = as_evidence(_used(failure)) + _cleared(failure)
            return failed(failure.diagnosis, evidence, failure.schedule)
        told = (
            f"{run.value['schedules']:,} with {instance.consumers} consumer"
            f"{'s' * (instance.consumers > 1)} and capacity {instance.capacity}"
            f"{'' if instance.bound else ', without any preemption'}"
        )
        (covered if run.value["complete"] else unfinished).append(told)
    if not covered:
        return _examine_stops(exam, "there are too many")
    more = f" Others, of which there are too many, were tried in part: {'; '.join(unfinished)}."
    return passed(
        "In no order of the steps of small buffers (all those with at most one preemption, under sequentially"
        f" consistent memory: {'; '.join(covered)}) an item was lost, doubled or torn, or did everybody"
        f" wait.{more if unfinished else ''}"
    )


def _examine_stops(exam: Exam, reason: str) -> Finding:
    scenes.begin(exam, *scenes.STOPS)
    for method in scenes.METHODS:
        what = f"A process was stopped in the middle of {method}, and the others went on"
        problem, found = judging.outcome_of(exam, the_run(exam, f"{method} stopped"))
        if problem or "lost" not in found:
            return problem or judging.trouble(exam, what, found) or failed("hang", what)
        found["odd"] = None
        if problem := judging.delivered(what, found) or judging.trouble(exam, what, found):
            return problem
    return skipped(
        f"the orders of its steps can't be enumerated: {reason}. Instead one process was stopped at each line of"
        " put and of get while the others went on: no item was lost, doubled or torn"
    )


def _cleared(failure: Failure) -> str:
    """A sentence on struct.pack_into, if another process came between its two steps."""
    for one, then in pairwise(failure.steps):
        if one.kind == "clear" and then.process != one.process:
            return (
                "\n  struct.pack_into clears its bytes before it writes them. Here another process went on in"
                " between, and could see 0. m[a:b] = struct.pack(…) stores a whole number at once."
            )
    return ""


def _used(failure: Failure) -> Failure:
    """Who is who, and not the steps in which the buffer was made, before any consumer came."""
    opened = [number for number, step in enumerate(failure.steps) if "release(gate)" in step.text]
    shown = failure.steps[opened[0] :] if opened else failure.steps
    takers = [name for name, called in failure.processes if called == "consume"]
    return replace(
        failure,
        message=f"Process A puts, {' and '.join(takers)} get{'s' * (len(takers) == 1)}: {failure.message}",
        steps=tuple(each for each in shown if "(gate)" not in each.text),
    )
