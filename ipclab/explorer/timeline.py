"""A failing schedule as text: a lane for each process, the learner's own lines, the values they met."""

from __future__ import annotations

import textwrap

from .results import Failure, Step

_WIDTH = 100  # characters of all lanes together
_LEAST, _MOST = 26, 44  # of one lane
_GAP = 2


def draw(failure: Failure) -> str:
    """The timeline of a failure."""
    names = [name for name, _ in failure.processes]
    width = max(_LEAST, min(_MOST, _WIDTH // max(1, len(names)) - _GAP))
    lines = [f"{failure.diagnosis}: {failure.message}", f"schedule {failure.schedule}", ""]
    heads = [
        textwrap.shorten(f"{name}: {call}", width, placeholder="…")
        for name, call in failure.processes
    ]
    lines.append("step  " + (" " * _GAP).join(each.ljust(width) for each in heads).rstrip())
    before, shown = "", ("", 0, "")
    for step in folded(failure.steps):
        if before and step.process != before and step.process:
            lines.append(_switch(step.process, width * len(names) + _GAP * len(names)))
        place = names.index(step.process) if step.process in names else 0
        here = (step.process, step.line, step.source)
        lines += _entry(step, place, width, repeated=here == shown)
        before, shown = step.process or before, here
    if failure.cut:
        lines.append(f"      … the verdict is fixed here; {failure.cut} more steps end the run")
    lines += ["", f"=> {failure.message}"]
    if failure.scope:
        lines += textwrap.wrap(failure.scope, _WIDTH)
    return "\n".join(lines)


def _switch(name: str, width: int) -> str:
    words = f" switch to {name} "
    return "      " + words.center(min(width, 60), "-")


def _entry(step: Step, place: int, width: int, repeated: bool) -> list[str]:
    lane = " " * ((width + _GAP) * place)
    made = []
    number = f"{step.number:4}" if step.number else "   x"
    if step.source and not repeated:
        text = textwrap.shorten(step.source, width - 6, placeholder="…") or step.source[: width - 6]
        made.append(f"{number}  {lane}{step.line:>3}| {text}")
        number = "    "
    for part in textwrap.wrap(step.text, width - 5):
        made.append(f"{number}  {lane}     {part}")
        number = "    "
    return [each.rstrip() for each in made]


def folded(steps: tuple[Step, ...]) -> list[Step]:
    """The steps, with the rounds of a loop that waits told once."""
    kept: list[Step] = []
    rounds: dict[tuple[str, int], int] = {}
    waiting = ""
    left_out = 0
    for step in steps:
        if step.kind == "loop":
            rounds[step.process, step.line] = rounds.get((step.process, step.line), 0) + 1
            waiting = step.process if rounds[step.process, step.line] > 1 else ""
        elif step.process != waiting:
            waiting = ""
        if waiting and step.kind != "stuck":
            left_out += 1
            continue
        if left_out:
            kept.append(_pause(step, left_out))
            left_out = 0
        kept.append(step)
    return kept


def _pause(step: Step, count: int) -> Step:
    return Step(
        step.number,
        step.process,
        "loop",
        0,
        "",
        f"({count} steps of waiting in loops are left out)",
    )
