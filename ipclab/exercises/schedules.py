"""How does a failing order of steps stand in a report? One line a step, in the learner's own lines."""

from __future__ import annotations

from collections.abc import Iterator

from ipclab.explorer.results import Failure, Step

SOURCE = 44  # characters of a learner's line


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
