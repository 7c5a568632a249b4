"""How the results of notebook 8 are drawn: a lane for each process, and pairs of rates."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from ipclab.experiments import figures
from ipclab.experiments.figures import (
    BLUE,
    DARK_VERMILION,
    GREEN,
    GREY,
    PURPLE,
    VERMILION,
    in_our_look,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ipclab.experiments.fifos import Event, Scene, Speed

_COLORS = (BLUE, GREEN, PURPLE)
_HEIGHT, _WIDTH = 0.36, 0.86  # of a call, in lanes and in steps
_MARGIN = 0.07


@in_our_look
def timeline(scene: Scene) -> Figure:
    """Step by step to the right; what waited is hatched, as far as the step that ended it."""
    lanes = list(dict.fromkeys(each.process for each in scene.events))
    figure, axes = figures.new(
        f"{scene.title}, step by step. {'; '.join(each.line for each in scene.events)}.",
        note="one run, in the order of its events; not to scale in time. Hatched: seen asleep in the call",
        width=max(11, 1.15 * len(scene.events)),
        height=1.5 + 1.25 * len(lanes),
    )
    for each in scene.events:
        lane = lanes.index(each.process)
        _draw_call(axes, each, scene.ended_by(each.step + 1), lane)
    axes.set(
        title=scene.title,
        xlim=(0, len(scene.events)),
        ylim=(len(lanes) - 0.42, -0.48),
        xlabel="step",
    )
    axes.set_xticks([number + 0.5 for number in range(len(scene.events))])
    axes.set_xticklabels([str(number + 1) for number in range(len(scene.events))])
    axes.set_yticks(range(len(lanes)))
    axes.set_yticklabels(lanes, fontweight="bold")
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    for lane in range(len(lanes)):
        axes.axhline(lane, color="#DDDDDD", linewidth=1, zorder=0)
    return figure


def _draw_call(axes: Axes, event: Event, ended_by: int, lane: int) -> None:
    """A box, its call above and its result in it or at its end."""
    color = VERMILION if event.result.startswith("E") else _COLORS[lane % len(_COLORS)]
    begin = event.step + _MARGIN
    width = max(ended_by - 1 + _WIDTH, event.step + _WIDTH) - event.step
    axes.barh(
        lane,
        width,
        left=begin,
        height=_HEIGHT,
        facecolor="white" if event.waited else color,
        edgecolor=color,
        hatch="//" if event.waited else None,
        linewidth=1.5,
    )
    what, _, rest = event.call.partition(" ")
    below = rest.replace("|", "|\n")
    label = f"{what}\n{below}" if below else what
    axes.text(begin, lane - _HEIGHT / 2 - 0.03, label, fontsize=10.5, va="bottom", linespacing=1.0)
    result = "" if event.result in ("a descriptor", "done") else event.result
    if result:
        axes.text(
            begin + width,
            lane + _HEIGHT / 2 + 0.03,
            result,
            fontsize=11,
            va="top",
            ha="right",
            color=DARK_VERMILION if color == VERMILION else "black",
            fontweight="bold",
        )


@in_our_look
def speed(result: Speed) -> Figure:
    """The two rates of each round, joined by a line."""
    figure, axes = figures.new(
        "Throughput of a pipe and of a FIFO, joined in pairs, with the median of each.",
        note=f"n = {len(result.rates)} pairs of {result.size >> 20} MiB each, in writes of"
        f" {result.chunk:,} bytes; thick: medians",
        height=4.5,
    )
    for pipe, fifo in result.rates:
        axes.plot((0, 1), (pipe / 1e6, fifo / 1e6), "o-", color=GREY, linewidth=1, alpha=0.7)
    for place, color in ((0, BLUE), (1, GREEN)):
        middle = median(rates[place] for rates in result.rates) / 1e6
        axes.plot((place - 0.12, place + 0.12), (middle, middle), color=color, linewidth=5)
    axes.set(
        title="The same bytes through a pipe and through a FIFO",
        ylabel="throughput (MB/s)",
        xlim=(-0.4, 1.4),
    )
    axes.set_ylim(bottom=0)
    axes.set_xticks((0, 1), ("pipe", "FIFO"))
    figures.thousands(axes.yaxis)
    return figure
