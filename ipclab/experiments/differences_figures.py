"""How the results of notebook 1 are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipclab.experiments import figures
from ipclab.experiments.figures import BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILION, in_our_look
from ipclab.experiments.tables import quartiles
from ipclab.sandbox.look import picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ipclab.experiments.differences import Measured, Messages, WakeUps

LOOKS = {
    "pipe": (BLUE, "o", "-"),
    "FIFO": (GREEN, "s", "--"),
    "Unix socket": (ORANGE, "^", "-."),
    "shared memory": (VERMILION, "D", "-"),
    "shared memory, spinning": (PURPLE, "v", ":"),
}


@in_our_look
def messages(result: Messages) -> Figure:
    """Time one way and bytes a second, by message size."""
    figure = picture(
        "Two panels with logarithmic axes, one line each for pipe, FIFO, Unix socket and shared memory: "
        "the time of a message is flat for small ones and rises for large ones, and the bytes a second "
        "rise with the size.",
        figsize=(13, 5.8),
        layout="constrained",
    )
    note = "medians; whiskers from the lower to the upper quartile of all round trips, or of the rounds"
    figure.supxlabel(note, fontsize=12, color=GREY, x=0.99, ha="right")
    left, right = figure.subplots(1, 2)
    _lines(left, result.latencies, 1e6)
    left.set(title="How long does one take?", xlabel="size", ylabel="one way (µs)")
    _lines(right, result.rates, 1e-6)
    right.set(title="How many bytes pass?", xlabel="size", ylabel="throughput (MB/s)")
    left.legend(loc="upper left")
    return figure


def _lines(axes: Axes, measured: Measured, unit: float) -> None:
    for name in dict.fromkeys(name for name, _, _ in measured):
        color, marker, style = LOOKS[name]
        points = [(size, found) for each, size, found in measured if each == name]
        middles, below, above = [], [], []
        for _, found in points:
            low, middle, high = quartiles(found)
            middles.append(middle * unit)
            below.append((middle - low) * unit)
            above.append((high - middle) * unit)
        axes.errorbar(
            [size for size, _ in points],
            middles,
            (below, above),
            color=color,
            marker=marker,
            linestyle=style,
            elinewidth=1.5,
            label=name,
        )
    figures.size_scale(axes, "x")
    axes.set_xticks(sorted({size for _, size, _ in measured}))
    axes.minorticks_off()
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:,g}")


@in_our_look
def wake_ups(result: WakeUps) -> Figure:
    """One bar for each mechanism and place."""
    places = list(result.times)
    figure, axes = figures.new(
        f"Bars: the time that one byte takes from one process to another, on {' and on '.join(places)}, "
        "for pipe, FIFO, Unix socket, shared memory with semaphores, and the same with a short spin.",
        note="medians of all round trips, halved; whiskers from the lower to the upper quartile",
    )
    names = [name for name, _, _ in result.times[places[0]]]
    width = 0.8 / len(names)
    for number, name in enumerate(names):
        color, _, _ = LOOKS[name]
        spreads = [
            quartiles(next(found for each, _, found in result.times[place] if each == name))
            for place in places
        ]
        middles = [middle * 1e6 for _, middle, _ in spreads]
        whiskers = (
            [(middle - low) * 1e6 for low, middle, _ in spreads],
            [(high - middle) * 1e6 for _, middle, high in spreads],
        )
        at = [place + (number - len(names) / 2 + 0.5) * width for place in range(len(places))]
        axes.bar(at, middles, width * 0.9, yerr=whiskers, color=color, label=name)
    axes.set(title="What does it cost to wake somebody?", ylabel="one way (µs)")
    axes.set_xticks(
        range(len(places)),
        [f"both on {place}" if place == "one core" else place for place in places],
    )
    axes.grid(axis="x", visible=False)
    axes.legend(ncols=2, loc="upper center")
    axes.set_ylim(0, axes.get_ylim()[1] * 1.45)
    return figure
