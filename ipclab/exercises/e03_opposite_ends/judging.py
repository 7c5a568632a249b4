"""What is wrong with a run of exercise 3, or with what one call brought? The same reading everywhere."""

from __future__ import annotations

import re
from typing import Any

from ipclab.exercises.checking import Exam, Finding, failed
from ipclab.sandbox import Process, Run

_AT_OWN_PIPE = re.compile(r" is blocked in \w+\(1\d{3}\)")  # above OWN_DESCRIPTORS
_OTHER_READS = 1_000  # bytes that a solution may have read besides: a file in /proc, for one
Outcome = dict[str, Any]  # of one call, as a scenario describes it


def trouble(exam: Exam, run: Run) -> Finding | None:
    """Whatever kept a run from bringing an answer; a wait that no clock ends gets its own name."""
    found = exam.trouble(run)
    if found and found.diagnosis:
        found = failed(found.diagnosis, _without_observer(found.evidence))
    if run.stuck and found and found.diagnosis == "hang":
        parent = next((each for each in run.processes if each.name == "parent"), None)
        if parent and (number := _own_write_end(parent, run)):
            return failed(
                "write-end-left-open",
                f"{found.evidence}\nNo end of file can come: parent itself still holds a write end of"
                f" the pipe (fd {number}).",
            )
        if parent and run.stuck.spinning and _reads_after_the_end(parent, run):
            return failed(
                "eof-missed",
                f"{found.evidence}\nNobody holds a write end of the pipe any more: each read returns"
                ' b"", and the parent asks again.',
            )
        if run.stuck.spinning:
            return failed("busy-wait", found.evidence)
    return found


def _without_observer(text: str) -> str:
    """What is said of a wait, without the lines on processes that wait at the observer's pipes."""
    return "\n".join(line for line in text.splitlines() if not _AT_OWN_PIPE.search(line))


def _own_write_end(parent: Process, run: Run) -> int | None:
    """By which number the parent holds a pipe open that it could read, and nobody else can write."""
    readable = {entry.inode for entry in parent.descriptors if entry.is_pipe and entry.readable}
    for entry in parent.descriptors:
        own = entry.is_pipe and entry.writable and entry.inode in readable
        if own and _writers(entry.inode, run) == {parent.name}:
            return entry.number
    return None


def _reads_after_the_end(parent: Process, run: Run) -> bool:
    return any(
        entry.is_pipe and entry.readable and not _writers(entry.inode, run)
        for entry in parent.descriptors
    )


def _writers(inode: int, run: Run) -> set[str]:
    return {
        process.name
        for process in run.processes
        for entry in process.descriptors
        if entry.inode == inode and entry.writable
    }


def leaving(seen: Outcome) -> list[str]:
    """Exit status and exception with which the child left by os._exit, if it did."""
    lines = [line.split() for line in seen.get("lines", [])]
    return next((words[1:] for words in lines if words[0] == "leaving"), [])


def escaped(run: Run) -> bool:
    return any(event.name == "escaped" for event in run.events)


def mismatch(outcome: Outcome, reader: Outcome) -> Finding | None:
    """How what came back differs from what was sent, if it does. `reader`: what was seen of it."""
    sent = f"of {outcome['size']:,} bytes"
    if not outcome["had_child"]:
        return failed("wrong-result", f"For a message {sent} {_without_child(reader)}")
    if outcome["right"]:
        return None
    if outcome["length"] is None:
        kind = "" if outcome["kind"] == "NoneType" else f", of type {outcome['kind']}"
        return failed("wrong-result", f"It returned {outcome['shown']}{kind}, and not bytes.")
    if (more := outcome["length"] - outcome["size"]) > 0 and outcome["extra"]:
        return failed(
            "wrong-result",
            f"It returned {more:,} bytes more than a message {sent} has: {outcome['extra']}.",
        )
    if outcome["size"] <= outcome["read"] < outcome["size"] + _OTHER_READS:
        return failed(
            "wrong-result",
            f"It read a message {sent} whole, and returned only {outcome['length']:,}:"
            f" {outcome['shown']}.",
        )
    if not outcome["is_part"]:
        return failed(
            "wrong-result",
            f"It returned {outcome['length']:,} bytes for a message {sent}, and not the same ones:"
            f" {outcome['shown']}.",
        )
    what = f"Only the first {outcome['length']:,} bytes came back of a message {sent}."
    if not outcome["length"]:
        what = f"Nothing came back of a message {sent}."
    raised = leaving(reader)[1:]
    if raised and raised != ["BrokenPipeError"]:  # which says that the parent had gone
        return failed("exception", f"{what} The child raised {raised[0]}, where nobody sees it.")
    if reader.get("returned_early", True):
        return failed("partial-read", f"{what} The parent stopped reading before the end of file.")
    return failed(
        "partial-write",
        f"{what} The parent read to the end of file: the child had not written more.",
    )


def _without_child(reader: Outcome) -> str:
    """What is to be said of a call after which the caller has no more children to its account."""
    words = {line.partition(" ")[0] for line in reader.get("lines", [])}
    if "ignores" in words:
        return (
            "the kernel reaped the child unseen: SIGCHLD was set to be ignored. That holds for the"
            " caller's other children, too, and their exit status is lost."
        )
    if "forked" in words:
        return "a process was forked, and nobody has waited for it as a child."
    return "no child was seen."


def wrong_after_death(outcome: Outcome) -> str:
    """What a call brought although its child was killed before it had sent all."""
    return (
        f"The child was killed in the middle of a message of {outcome['size']:,} bytes, and the"
        f" function returned {outcome['length']:,} bytes all the same: that child did not send them."
        if outcome["length"] is not None
        else f"When the child was killed in mid-message it returned {outcome['shown']}."
    )


def left(outcome: Outcome) -> Finding | None:
    """What one call left behind in the process that made it, or took from it."""
    if outcome["closed"]:
        return failed("wrong-result", f"It closed the caller's own {outcome['closed'][0]}.")
    for state in outcome["children"]:
        if state == "zombie":
            return failed("zombie-left", "The child has ended, and its parent never waited for it.")
        return failed("orphan-left", "A child was still running when the call had returned.")
    if outcome["opened"]:
        return failed("fd-leak", f"After the call {outcome['opened'][0]} is still open.")
    return None
