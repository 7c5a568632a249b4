"""How is a solution of exercise 3 judged? One function for each requirement."""

from __future__ import annotations

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

from . import scenarios
from .judging import Outcome, escaped, leaving, left, mismatch, trouble, wrong_after_death
from .watching import (
    CLOSED,
    LARGE,
    WATCHED,
    begin_watching,
    forked_in,
    seen_in,
    was_seen,
    watched,
)

DEADLINE = 4.0  # seconds; a provable deadlock is found long before
FIRST = 300
SMALL = (1, 4095, 4096, 4097, 65_535, 65_536)
UNSEEN = "The child could not be looked at in mid-message."
BUSY = 0.2  # of a processor: more than that while there is nothing to do is a busy wait
LONG_ENOUGH = 0.5  # seconds, to measure that
INSATIABLE = 0.7  # it would have used so much, had the machine not been busy


def _sent(exam: Exam, name: str, *sizes: int) -> Run:
    """One run in which messages of these sizes are sent one after the other."""
    seed = exam.random.randrange(1 << 30)
    return exam.once(
        name, lambda: exam.run(scenarios.call_each, list(sizes), seed, deadline=DEADLINE)
    )


def _first(exam: Exam) -> Run:
    return _sent(exam, "first", FIRST)


def _examine_return(exam: Exam) -> Finding:
    run = _first(exam)
    if problem := trouble(exam, run):
        return problem
    [outcome] = run.value
    begin_watching(exam)
    if outcome["had_child"] and (outcome["right"] or outcome["length"] is None):
        return mismatch(outcome, {}) or passed(f"A message of {FIRST} bytes came back whole.")
    return mismatch(outcome, seen_in(exam, "reader")) or passed("")


def _examine_sizes(exam: Exam) -> Finding:
    sizes = SMALL, (65_537,), (exam.random.randrange(65_538, LARGE),), (LARGE,)
    if problem := _judge_empty(exam):
        return problem
    for group in sizes:
        if problem := _judge_sent(exam, _sent(exam, f"sizes {group}", *group)):
            return problem
    # What was watched comes last: where it hangs, too, it takes longest.
    if problem := _judge_leaving(exam) or _judge_sent(exam, watched(exam, "reader")):
        return problem
    shown = [f"{size:,}" for group in sizes for size in group]
    return passed(f"Messages of 0, {', '.join(shown[:-1])} and {shown[-1]} bytes came back whole.")


def _judge_sent(exam: Exam, run: Run) -> Finding | None:
    outcomes = run.value if isinstance(run.value, list) else [run.value] if run.value else []
    cut = [each for each in outcomes if each["is_part"] and not each["right"]]
    if escaped(run) and cut:
        # The child has run on, but only because a write failed: its parent had stopped reading.
        return mismatch(cut[0], {})
    if problem := trouble(exam, run):
        return problem
    reader = seen_in(exam, "reader") if cut else {}
    return next(filter(None, (mismatch(each, reader) for each in outcomes)), None)


def _judge_empty(exam: Exam) -> Finding | None:
    run = _sent(exam, "empty", 0)
    if escaped(run):
        return failed(
            "exception",
            "With an empty message the child did not reach its end: an exception led it out of the"
            " function, into the caller's code.",
        )
    if problem := _judge_sent(exam, run):
        return failed(problem.diagnosis or "hang", f"With an empty message: {problem.evidence}")
    return None


def _judge_leaving(exam: Exam) -> Finding | None:
    """A child that fails with an empty message, and keeps that to itself."""
    usual, empty = (leaving(seen_in(exam, view)) for view in ("reader", "end"))
    if empty and usual and (empty[1:] or empty[0] != "0" == usual[0]):
        raised = f"raised {empty[1]}" if empty[1:] else f"ended with exit status {empty[0]}"
        return failed("exception", f"With an empty message the child {raised}.")
    return None


def _examine_child(exam: Exam) -> Finding:
    writer, reader = seen_in(exam, "writer"), seen_in(exam, "reader")
    if (count := max(forked_in(reader), forked_in(writer))) > 1:
        return failed(
            "wrong-result", f"{count} processes were forked. One child is to send the message."
        )
    if reader.get("blocked") and not reader["is_pipe"]:
        return failed("wrong-result", "The parent waits for something that is not a pipe.")
    if reader.get("writes"):
        return failed("wrong-result", "The parent writes into a pipe; the child is to send.")
    if writer.get("socket"):
        return failed("wrong-result", "The child sends through a socket, which is no pipe.")
    if writer.get("ended") and not writer["waiting"]:
        return failed(
            "wrong-result",
            f"The child had ended, and no pipe of its parent held a byte of the message of {LARGE:,}"
            " bytes: it did not go through a pipe.",
        )
    outcome = watched(exam, "death").value or {}  # what kept it from an answer is said below
    answered = seen_in(exam, "death").get("killed") and "raised" not in outcome
    if answered and (outcome["right"] or not outcome["is_part"]):
        return failed("wrong-result", wrong_after_death(outcome))
    if not was_seen(exam, "reader") and not was_seen(exam, "writer"):
        return skipped(f"{UNSEEN} It may have been made by other means than os.fork.")
    return passed("One child sent the message through a pipe.")


def _examine_ends(exam: Exam) -> Finding:
    unseen = []
    for view, side, diagnosis in (
        ("reader", "parent", "write-end-left-open"),
        ("writer", "child", "read-end-left-open"),
    ):
        if problem := trouble(exam, watched(exam, view)):
            return problem
        seen = seen_in(exam, view)
        if seen.get("opposite"):
            verb, other = ("reads", "write") if view == "reader" else ("writes", "read")
            return failed(
                diagnosis,
                f"While the {side} {verb}, it also holds the {other} end of the pipe: fd"
                f" {seen['opposite'][0]}, seen in its descriptor table.",
            )
        if not was_seen(exam, view):
            unseen.append(side)
    if unseen:
        return skipped(f"While they talked, the {' and the '.join(unseen)} could not be looked at.")
    return passed("While they talked, the parent held the read end only, the child the write end.")


def _examine_end_of_file(exam: Exam) -> Finding:
    if problem := trouble(exam, watched(exam, "death")):
        what = "The child was killed in mid-message, once it had filled the pipe. "
        return failed(problem.diagnosis or "hang", what + problem.evidence)
    early = seen_in(exam, "reader").get("returned_early")
    if early is None:
        return skipped("The parent was not seen at a pipe of which somebody else held a write end.")
    if early:
        return failed(
            "eof-missed",
            "It returned although somebody still held a write end of the pipe: it had not come to"
            " the end of file, and took the message as complete for another reason.",
        )
    return passed("It returned when the last write end was closed, and not earlier.")


def _examine_interrupted(exam: Exam) -> Finding:
    outcome = watched(exam, "writer").value
    if outcome["length"] is not None and outcome["length"] < outcome["size"]:
        return failed(
            "partial-write",
            f"A child that was interrupted in mid-message went on as if the write had taken all:"
            f" {outcome['length']:,} of {outcome['size']:,} bytes came back.",
        )
    if problem := mismatch(outcome, seen_in(exam, "reader")):
        return problem
    if not seen_in(exam, "writer").get("disturbed"):
        return skipped(f"{UNSEEN} So it could not be interrupted there.")
    return passed("The child was stopped in mid-message, and the rest came when it went on.")


def _examine_left(exam: Exam) -> Finding:
    sent: list[Run] = [exam.begun[name].result() for name in exam.begun if name not in WATCHED]
    if problem := trouble(exam, end := watched(exam, "end")):
        return problem
    for outcome in [*(each for run in sent for each in run.value), end.value]:
        if problem := left(outcome):
            return problem
    return left_behind(sent) or passed("The child was reaped, and no descriptor left open.")


def _examine_caller(exam: Exam) -> Finding:
    token = f"unflushed-{exam.random.randrange(1 << 30)}"
    seed = exam.random.randrange(1 << 30)
    run = exam.run(scenarios.call_among_others, seed, token, deadline=DEADLINE)
    if run.stuck:
        return failed("hang", f"For a caller that has other children: {run.stuck}")
    if problem := trouble(exam, run):
        return problem
    lost = run.value["statuses"] != [scenarios.STATUS] * 2
    took = " It took the exit status of another child of its caller." if lost else ""
    for outcome in run.value["calls"]:
        if problem := mismatch(outcome, seen_in(exam, "reader")) or left(outcome):
            mixed = token in outcome["extra"]
            what = " It is the caller's own output, not yet flushed." if mixed else ""
            return failed(problem.diagnosis or "wrong-result", problem.evidence + what + took)
    if lost:
        return failed("exit-status-lost", took.strip() + " The caller can't get it any more.")
    if (count := run.stdout.count(token.encode())) != 1:
        return failed(
            "child-escapes",
            f"The caller's unflushed output appeared {count} times instead of once.",
        )
    if run.value["changed"]:
        return failed("wrong-result", f"It changed {' and '.join(run.value['changed'])}.")
    return passed("The caller's other children, output, handlers and descriptors were as before.")


def _examine_closed(exam: Exam) -> Finding:
    subsets = [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]]
    seed = exam.random.randrange(1 << 30)
    run = exam.run(scenarios.call_with_closed, subsets, seed, deadline=DEADLINE)
    if problem := trouble(exam, run):
        return problem
    for subset, outcome in zip(subsets, run.value, strict=True):
        what = f"With the caller's descriptor {' and '.join(map(str, subset))} closed"
        if "raised" in outcome:
            return failed("exception", f"{what}: {outcome['raised']}.")
        if problem := mismatch(outcome, seen_in(exam, "reader")) or left(outcome):
            return failed(problem.diagnosis or "wrong-result", f"{what}: {problem.evidence}")
    for name in CLOSED:
        if opposite := seen_in(exam, name).get("opposite"):
            return failed(
                "read-end-left-open",
                f"With the caller's descriptor {name} closed, the child also"
                f" holds the read end of the pipe while it writes: fd {opposite[0]}, seen in its"
                " descriptor table.",
            )
    return passed("It also worked for a caller that had closed some of 0, 1 and 2, or all.")


def _examine_patience(exam: Exam) -> Finding:
    waited = []
    for view, side, what in (
        ("reader", "parent", "waited for the first byte"),
        ("writer", "child", "waited for room in the pipe"),
        ("end", "parent", "waited for the child's end"),
    ):
        if problem := trouble(exam, watched(exam, view)):
            return problem
        seen = seen_in(exam, view)
        share, demand = _shares(seen)
        if share > BUSY or (share > BUSY / 4 and demand > INSATIABLE):
            return failed(
                "busy-wait", f"While the {side} {what}, it used {share:.0%} of a processor."
            )
        if seen.get("elapsed", 0.0) > LONG_ENOUGH:
            waited.append(f"the {side} {what}")
    if not waited:
        return skipped("Neither side was seen while it waited.")
    return passed(f"Processor time was hardly used while {', and while '.join(waited)}.")


def _shares(seen: Outcome) -> tuple[float, float]:
    """The part of a processor that was used, and the part that would have been on an idle machine."""
    elapsed = max(seen.get("elapsed", 0.0), LONG_ENOUGH)
    used = seen.get("cpu", 0.0)
    return used / elapsed, (used + seen.get("queued", 0.0)) / elapsed


RETURNS = "a child sends, and the parent returns what it read"
SIZES = "it works for every length from 0 bytes to 1 MiB"
ENDS = "each side holds one end only while it talks"
REQUIREMENTS = (
    Requirement(RETURNS, _examine_return),
    Requirement(SIZES, _examine_sizes, needs=(RETURNS,)),
    Requirement("one child sends it, through a pipe", _examine_child, needs=(RETURNS,)),
    Requirement(ENDS, _examine_ends, needs=(RETURNS,)),
    Requirement("the parent reads until end of file", _examine_end_of_file, needs=(SIZES, ENDS)),
    Requirement(
        "the child writes all, also when it is interrupted", _examine_interrupted, needs=(ENDS,)
    ),
    Requirement("the child is reaped, and no descriptor is left", _examine_left, needs=(SIZES,)),
    Requirement("it leaves the caller's things alone", _examine_caller, needs=(RETURNS,)),
    Requirement("it works when the caller has closed 0, 1 or 2", _examine_closed, needs=(RETURNS,)),
    Requirement("it waits without using the processor", _examine_patience, needs=(ENDS,)),
)
