"""The words around a timeline: its title, and all of it in one sentence."""

from __future__ import annotations

from .captions import listed
from .trace import Call, Trace
from .waits import SLEEPING

MOST_IN_WORDS = 3  # waits


def title(trace: Trace) -> str:
    """The longest wait."""
    if not trace.calls:
        return trace.problem or "No system call that has to do with IPC was made"
    waits = _waits_for_others(trace)
    if not waits:
        return "No call had to wait for another process"
    never = [call for call in waits if call.duration is None]
    if never:
        words = [f"{call.process} in {call.short}" for call in never[:MOST_IN_WORDS]]
        return f"Still waiting when the run was stopped: {listed(words)}"
    call = max(waits, key=lambda call: call.duration or 0.0)
    return (
        f"{call.process} waited {_milliseconds(call.duration or 0.0)} ms in {_until(trace, call)}"
    )


def alt(trace: Trace) -> str:
    """One sentence without times, which change from run to run."""
    if not trace.calls:
        why = title(trace)
        return f"No timeline: {why[0].lower()}{why[1:]}."
    waits = list(
        dict.fromkeys(
            f"{call.process} waited in {_until(trace, call)}" for call in _waits_for_others(trace)
        )
    )
    more = [f"{len(waits) - MOST_IN_WORDS} more"] if len(waits) > MOST_IN_WORDS else []
    what = "; ".join(waits[:MOST_IN_WORDS] + more) or "no call had to wait for another process"
    return f"Timeline of the system calls of {listed(trace.processes)}: {what}."


def _waits_for_others(trace: Trace) -> list[Call]:
    return [call for call in trace.calls if call.blocked and call.name not in SLEEPING]


def _until(trace: Trace, call: Call) -> str:
    if call.woken_by is None:
        return call.short
    waker = trace.calls[call.woken_by]
    return f"{call.short}, until {waker.process} called {waker.short}"


def _milliseconds(seconds: float) -> str:
    digits = 2 if seconds < 0.001 else 1 if seconds < 0.1 else 0
    return f"{1000 * seconds:.{digits}f}"
