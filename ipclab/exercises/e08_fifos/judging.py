"""What is wrong with one call of exercise 8, and with what a server has handled? The same reading everywhere."""

from __future__ import annotations

from typing import Any

from ipclab.exercises.checking import Finding, failed
from ipclab.exercises.reading import explained
from ipclab.exercises.solutions import Solution
from ipclab.sandbox.results import Raised

from .playing import Outcome

_BLANKS = b" \t\r\0\x0b\x0c\x1c\x85"
_LEFT = {
    "descriptor": "fd-leak",
    "zombie": "zombie-left",
    "process": "orphan-left",
    "thread": "orphan-left",
}


def raised_in(outcome: Outcome) -> list[str]:
    """The classes of the exception that the call raised, the most special one first."""
    raised = outcome["end"]["raised"] if outcome["end"] else None
    return raised["kinds"] if raised else []


def _exception(what: str, raised: dict[str, Any], solution: Solution) -> Finding:
    fields = {key: raised[key] for key in ("type", "message", "errno", "traceback")}
    return failed("exception", f"{what}: {explained(Raised(**fields), solution)}")


def bad_end(what: str, outcome: Outcome, solution: Solution) -> Finding | None:
    """The call raised, or its process died. None when it returned, or went on."""
    if outcome["died"] is not None:
        status = outcome["died"]
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return failed(
            "exception", f"{what}: the process that made the call {how} before it returned."
        )
    if outcome["end"] and outcome["end"]["raised"]:
        return _exception(what, outcome["end"]["raised"], solution)
    return None


def no_end(what: str, outcome: Outcome) -> Finding | None:
    """The call never came back."""
    if outcome["end"] is not None or outcome["died"] is not None:
        return None
    told = f"{what}: the call never came back; {outcome['state']}."
    return failed("busy-wait" if outcome["spins"] else "hang", told)


def wrong_return(what: str, outcome: Outcome) -> Finding | None:
    if value := outcome["end"]["value"]:
        return failed("wrong-result", f"{what}: it returned {value} instead of None.")
    return None


def served(
    what: str, outcome: Outcome, solution: Solution, missing: str = "lost-item"
) -> Finding | None:
    """What is wrong with a server's call; None when it handled all lines, in order, and returned.

    `missing`: the name for lines that were sent and never handled. Where a scenario may break off,
    `outcome["sent"]` says how many lines it sent.
    """
    wanted, got = outcome["wanted"], outcome["lines"]
    problem = bad_end(what, outcome, solution) or _different(what, wanted, got)
    if problem:
        return problem
    unfinished = no_end(what, outcome)
    if len(got) < len(wanted) and not (unfinished and unfinished.diagnosis == "busy-wait"):
        return failed(missing, _told_of_missing(what, outcome))
    if unfinished and unfinished.diagnosis == "hang" and wanted:
        return failed("hang", f"{unfinished.evidence} All {len(wanted)} lines had been handled.")
    return unfinished or wrong_return(what, outcome)


def _told_of_missing(what: str, outcome: Outcome) -> str:
    """Which lines were handled, which were sent and never came, and what the server does now."""
    wanted, got = outcome["wanted"], outcome["lines"]
    unheard = wanted[len(got) : outcome.get("sent")]
    told = f"{what}: {len(got)} of {len(wanted)} lines were handled: {shown(got)}. "
    if unheard:
        told += f"What was sent after that, {shown(unheard)}, never came. "
    else:
        told += "The next could not be sent. "
    return told + ("The call returned." if outcome["end"] else f"Now {outcome['state']}.")


def _different(what: str, wanted: list[bytes], got: list[Any]) -> Finding | None:
    """Lines that were handled and should not have been, or not like that."""
    for number, line in enumerate(got):
        if not isinstance(line, bytes):
            return failed("wrong-result", f"{what}: handle got {line} instead of bytes.")
        if number < len(wanted) and line == wanted[number]:
            continue
        return _first_difference(what, wanted, got, number)
    return None


def _first_difference(what: str, wanted: list[bytes], got: list[bytes], number: int) -> Finding:
    line = got[number]
    told = f"{what}: line {number + 1} should be {shown(wanted[number : number + 1])}, and handle got {shown([line])}."
    if number >= len(wanted):
        return failed(
            "wrong-result",
            f"{what}: handle was called {len(got)} times instead of {len(wanted)}; the first call too"
            f" many had {shown([line])}.",
        )
    right = wanted[number]
    if line in (right + b"\n", right + b"\r\n"):
        return failed("wrong-result", told + " The newline is no part of the line.")
    rest = wanted[number:]
    if sorted(got) == sorted(wanted):
        return failed("reordered-item", f"{what}: the lines came in another order: {shown(got)}.")
    if right and not line and len(right) > 1:
        return failed("partial-read", told + " An empty piece was taken for a line.")
    if line and line in right and not right.replace(line, b"", 1).strip(_BLANKS):
        return failed("wrong-result", told + " Blanks belong to the line as all other bytes do.")
    if right.startswith(line) or right.endswith(line):
        return failed("partial-read", told + " A read ended within a line.")
    if line in rest and got.count(right) == wanted.count(right):
        return failed("reordered-item", told + " Both came, in another order.")
    if line in rest:
        return failed("lost-item", told + f" {shown(rest[: rest.index(line)])} never came.")
    if any(later.endswith(line) for later in rest):
        return failed("lost-item", told + " What had been read ahead was thrown away.")
    if line in wanted[:number]:
        return failed("duplicated-item", told)
    if len(line) > len(right) and (line.startswith(right) or b"\n" in line):
        return failed("partial-read", told + " Several lines came in one read.")
    return failed("wrong-result", told)


def left(what: str, outcome: Outcome) -> Finding | None:
    """What the call left in its process, or changed there."""
    end = outcome["end"] or {"left": [], "changed": []}
    for kind, told in end["left"]:
        return failed(_LEFT[kind], f"{what}: after the call {told}.")
    if end["changed"]:
        return failed("wrong-result", f"{what}: it changed {end['changed'][0]} of its caller.")
    return None


def shown(lines: list[Any]) -> str:
    """A few lines, not too long."""
    parts = [
        f"{line!r}" if len(line) < 50 else f"{line[:20]!r} … ({len(line):,} bytes)"
        for line in lines[:4]
    ]
    return ", ".join(parts) + (" …" if len(lines) > 4 else "") or "none"
