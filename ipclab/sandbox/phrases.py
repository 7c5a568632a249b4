"""A few words each: what a process waits for, what its descriptors refer to, how the run ended."""

from __future__ import annotations

import re

from .results import Process, Run, Wait

_MOST_OTHERS = 4  # descriptors of one process that are no pipe ends
_WANTED = {
    "semaphore": "a semaphore",
    "thread": "one of its own threads",
    "fifo": "the FIFO's other end",
    "lock": "a file lock",
    "signal": "a signal",
    "time": "time to pass",
}


def wanted(wait: Wait, pipes: list[str], others: list[str]) -> str:
    """What it waits for. `pipes`: those it is blocked on; `others`: the processes that could help."""
    if pipes or wait.descriptors:
        named = pipes or [f"fd {number}" for number in sorted(wait.descriptors)]
        what = {"bytes": "bytes from ", "room": "room in "}.get(wait.wants, "")
        return what + " or ".join(dict.fromkeys(named))
    if wait.wants == "end":
        return f"the end of {others[0]}" if len(others) == 1 else "the end of a child"
    return _WANTED.get(wait.wants, "something else")


def outcome(run: Run) -> str:
    """What the first process did in a run that came to its end."""
    if run.exception:
        return f"raised {run.exception.type}"
    status = run.exit_status
    if status:
        return f"killed by signal {-status}" if status < 0 else f"exit status {status}"
    return "returned"


def other_descriptors(process: Process) -> tuple[str, ...]:
    """Files, sockets and the like, but for /dev/null as standard input, which all have."""
    found = [
        f"{entry.number} {_target(entry.target)}"
        for entry in process.descriptors
        if not entry.is_pipe and (entry.number, entry.target) != (0, "/dev/null")
    ]
    if len(found) > _MOST_OTHERS:
        found[_MOST_OTHERS - 1 :] = [f"and {len(found) - _MOST_OTHERS + 1} more"]
    return tuple(found)


def _target(target: str) -> str:
    """What a descriptor refers to, without the number of its inode."""
    kind = re.fullmatch(r"(?:anon_inode:)?\[?(\w+)\]?(?::\[\d+\])?", target)
    return kind[1] if kind else target
