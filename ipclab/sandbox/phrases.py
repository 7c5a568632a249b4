"""A few words each: what a process waits for, what its descriptors refer to, how the run ended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .results import Process, Run

_BLOCKED = re.compile(r" is blocked in (?P<call>.+?): (?P<why>.*)", re.DOTALL)
_ON_DESCRIPTORS = re.compile(r"(?:readv?|writev?|splice|tee|poll|select)\((?P<numbers>[\d, ]+)\)")
_ON_PROCESS = re.compile(r"(?P<call>waitp?id)\((?P<pid>\d+)\)")
_FULL = re.compile(r"the pipe is full \((?P<held>[\d,]+) of ")
_FROM = {"read": "bytes from ", "readv": "bytes from ", "write": "room in ", "writev": "room in "}
_MOST_OTHERS = 4  # descriptors of one process that are no pipe ends
_ELSEWHERE = {
    "open": "the FIFO's other end",
    "flock": "a file lock",
    "fcntl": "a file lock",
    "pause": "a signal",
    "sigwait": "a signal",
    "sleep": "time to pass",
}


@dataclass(frozen=True)
class Wait:
    """In which call a process is blocked, on which descriptors: read out of waitfor.py's sentence."""

    call: str  # "read(3)"
    why: str
    numbers: frozenset[int]

    @classmethod
    def of(cls, process: Process) -> Wait | None:
        match = _BLOCKED.search(process.waiting or "")
        if not match:
            return None
        on = _ON_DESCRIPTORS.fullmatch(match["call"])
        numbers = re.findall(r"\d+", on["numbers"]) if on else []
        return cls(match["call"], match["why"], frozenset(map(int, numbers)))

    @property
    def held(self) -> str | None:
        """How many bytes are in the full pipe, if that is known."""
        match = _FULL.search(self.why)
        return match["held"] if match else None

    def call_by_name(self, names: Mapping[int, str]) -> str:
        """The call with a process's name in place of its id, which differs from run to run."""
        match = _ON_PROCESS.fullmatch(self.call)
        name = names.get(int(match["pid"])) if match else None
        return f"{match['call']}({name})" if match and name else self.call

    def object(self, pipes: list[str], others: list[str]) -> str:
        """What it waits for. `pipes`: those it is blocked on; `others`: the processes that could help."""
        call = self.call.partition("(")[0]
        if pipes or self.numbers:
            named = pipes or [f"fd {number}" for number in sorted(self.numbers)]
            return _FROM.get(call, "") + " or ".join(dict.fromkeys(named))
        if call in ("waitpid", "waitid"):
            return f"the end of {others[0]}" if len(others) == 1 else "the end of a child"
        if call == "futex":
            own = "thread of its own" in self.why
            return "one of its own threads" if own else "a semaphore"
        return _ELSEWHERE.get(call, "something else")


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
