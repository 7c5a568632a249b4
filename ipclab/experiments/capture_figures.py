"""How the results about capturing are drawn."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from ipclab.experiments import figures
from ipclab.experiments.figures import BLUE, VERMILION, in_our_look
from ipclab.experiments.tables import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ipclab.experiments.capture_results import Drained, LaunchCosts
    from ipclab.experiments.capture_trials import Call

LANES = {"the program\nwrites": 1.0, "the parent\nreads": 0.0}
COLORS = {"stderr": VERMILION, "stdout": BLUE, "poll": "#D9D9D9"}
NAMES = {"stderr": "stderr", "stdout": "stdout", "poll": "poll: waiting for either"}
MIB = 1 << 20


@in_our_look
def timeline(result: Drained) -> Figure:
    """The calls of the program and of its parent over time."""
    figure, axes = figures.new(
        "Two rows of bars over time: the program writes to stderr, then to stdout, and again; its "
        "parent polls both and reads whichever has bytes.",
        note=f"the shortest of {result.runs} runs; each write {figures.size_label(result.size)}, "
        "each read at most 64 KiB",
        height=4.2,
    )
    start = result.program[0][1]
    for lane, calls in zip(LANES.values(), (result.program, result.parent), strict=True):
        for name in COLORS:
            draw_calls(axes, lane, [call for call in calls if call[0] == name], start)
    handles = [axes.bar(0, 0, color=color, label=NAMES[name]) for name, color in COLORS.items()]
    axes.set(
        title="Whichever stream has bytes is read",
        xlabel="time (ms)",
        xlim=(0, result.seconds() * 1000 * 1.01),
        ylim=(-0.45, 1.95),
    )
    axes.set_yticks(list(LANES.values()), list(LANES))
    axes.tick_params(axis="y", length=0)
    axes.grid(False, axis="y")
    axes.legend(handles=handles, loc="upper left", ncols=3)
    return figure


def draw_calls(axes: Axes, lane: float, calls: list[Call], start: float) -> None:
    """A bar from the beginning of each call to its return; waiting is a thinner one."""
    for name, began, returned, _ in calls:
        axes.barh(
            lane,
            (returned - began) * 1000,
            left=(began - start) * 1000,
            height=0.3 if name == "poll" else 0.6,
            color=COLORS[name],
            edgecolor="white",
            linewidth=0.5,
        )


@in_our_look
def costs(result: LaunchCosts) -> Figure:
    """Time against the memory that the starter holds."""
    figure, axes = figures.new(
        "Time to start a program against the memory that its parent holds: one line for fork and "
        "exec, one for subprocess, with the lowest and the highest round at each point.",
        note=f"n = {result.rounds} rounds: median, whiskers from the lowest to the highest",
        height=4.8,
    )
    looks = ((VERMILION, "o"), (BLUE, "s"))
    for (way, by_size), (color, marker) in zip(result.seconds.items(), looks, strict=True):
        held = [size / MIB for size in by_size]
        middles = [median(times) * 1000 for times in by_size.values()]
        lowest = [min(times) * 1000 for times in by_size.values()]
        highest = [max(times) * 1000 for times in by_size.values()]
        whiskers = (
            [middle - low for middle, low in zip(middles, lowest, strict=True)],
            [high - middle for middle, high in zip(middles, highest, strict=True)],
        )
        axes.errorbar(
            held, middles, whiskers, color=color, marker=marker, elinewidth=1.5, label=way
        )
    axes.set(
        title="fork copies the map of all memory",
        xlabel="memory held by the parent, on top of Python itself (MiB)",
        ylabel="time to start and reap (ms)",
    )
    axes.set_ylim(0, axes.get_ylim()[1] * 1.2)  # room for the legend
    axes.legend(loc="upper left", ncols=2)
    return figure


def cost_rows(result: LaunchCosts) -> list[Row]:
    """One row for each way and size."""
    return [
        (
            way,
            figures.size_label(size),
            *(f"{number * 1000:.2f}" for number in (median(times), min(times), max(times))),
            round(median(result.faults[way][size])),
        )
        for way, by_size in result.seconds.items()
        for size, times in by_size.items()
    ]
