"""What does an exploration come to in a report? A failing order: one line a step, in the learner's own lines."""

from __future__ import annotations

from collections.abc import Iterator

from ipclab.explorer.results import Failure, Step
from ipclab.sandbox import Run

from .checking import Exam, Finding, skipped

SOURCE = 44  # characters of a learner's line


def not_explored(exam: Exam, run: Run) -> Finding | None:
    """Why an exploration brought nothing; None if it did. Alone the solution did not hang: so it is not to blame."""
    if run.stuck:
        return skipped(
            "it waits for something that can't be simulated, a lock of another kind perhaps"
        )
    if problem := exam.trouble(run):
        return problem
    reason = run.value.get("unmodelled")
    return skipped(f"its steps can't be enumerated: {reason}") if reason else None


def as_evidence(failure: Failure) -> str:
    """What goes wrong, then the steps of each process in their order. `str(failure)` shows them side by side."""
    lines = [f"{failure.message}. In this order:", *_lines(failure.steps)]
    if failure.cut:
        steps = "step follows" if failure.cut == 1 else "steps follow"
        lines.append(f"  and {failure.cut} more {steps}, which change nothing about it")
    return "\n".join(lines)


def _lines(steps: tuple[Step, ...]) -> Iterator[str]:
    process = ""
    for step in steps:
        if step.process != process:
            process = step.process
            yield f"  process {process}"
        source = " ".join(step.source.split())
        shown = source if len(source) <= SOURCE else f"{source[: SOURCE - 1]}…"
        yield f"    line {step.line}: {shown}  {step.text}".rstrip()
