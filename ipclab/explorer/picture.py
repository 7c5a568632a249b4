"""A failing schedule as a figure: a lane for each process, arrows at switches, changed bytes marked."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from ipclab.sandbox.look import BLUE, GREY, ORANGE, VERMILION, in_our_look, picture

from .results import Failure, Step
from .timeline import folded

if TYPE_CHECKING:
    from ipclab.sandbox.look import Picture

_MOST_STEPS = 30  # drawn; the last ones are the ones that matter
_LANE = 4.6  # inches
_ROW = 0.62


@in_our_look
def draw(failure: Failure) -> Picture:
    """The figure; `alt` tells it in words."""
    steps = folded(failure.steps)[-_MOST_STEPS:]
    names = [name for name, _ in failure.processes]
    size = (max(8.0, 0.8 + _LANE * len(names)), 1.8 + _ROW * len(steps))
    figure = picture(_alt(failure, steps), figsize=size, layout="constrained")
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(len(steps) - 0.3, -1.4)
    axes.set_title(f"{failure.diagnosis}: schedule {failure.schedule}")
    for place, (name, call) in enumerate(failure.processes):
        axes.text(
            place,
            -0.9,
            textwrap.shorten(f"{name}: {call}", 40, placeholder="…"),
            ha="center",
            weight="bold",
        )
        axes.plot([place, place], [-0.6, len(steps) - 0.5], color="#DDDDDD", linewidth=6, zorder=0)
    _draw_steps(axes, steps, names)
    return figure


def _draw_steps(axes: Any, steps: list[Step], names: list[str]) -> None:
    before: int | None = None
    for row, step in enumerate(steps):
        place = names.index(step.process) if step.process in names else 0
        if before is not None and before != place:
            axes.annotate(
                "", (place, row - 0.35), (before, row - 0.65),
                arrowprops={"arrowstyle": "->", "color": GREY, "linewidth": 2},
            )  # fmt: skip
        label = (
            f"{step.line}| {textwrap.shorten(step.source, 38, placeholder='…')}"
            if step.source
            else ""
        )
        text = "\n".join(filter(None, [label, textwrap.shorten(step.text, 44, placeholder="…")]))
        colour = VERMILION if step.changed else ORANGE if step.kind in ("stuck", "killed") else BLUE
        marked = {"boxstyle": "round", "facecolor": "white", "edgecolor": colour}
        if step.changed:
            marked["facecolor"] = "#FFF3E0"
        axes.text(
            place,
            row,
            text.replace("$", r"\$"),
            ha="center",
            va="center",
            fontsize=10,
            bbox=marked,
            family="monospace",
        )
        before = place


def _alt(failure: Failure, steps: list[Step]) -> str:
    parts = [f"{s.process} {s.text}" for s in steps if s.process]
    told = "; ".join(parts)
    start = f"A schedule of {len(failure.processes)} processes that ends in {failure.diagnosis}"
    return f"{start}: {told}. {failure.message}."
