"""How the results of notebook 10 are drawn."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from ipclab.experiments.figures import BLUE, GREY, ORANGE, in_our_look, thousands
from ipclab.experiments.tables import quartiles
from ipclab.sandbox.look import picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ipclab.experiments.mapping import AgainstRead, Faults

HEIGHT = 0.38  # of a bar, in rows


@in_our_look
def passes(result: Faults) -> Figure:
    """Faults and time of the first pass above those of the second, for each kind of memory."""
    kinds, rounds = list(result.rounds), len(next(iter(result.rounds.values())))
    figure = picture(
        f"Bars for {len(kinds)} kinds of memory: touching {result.pages:,} pages for the first time takes"
        f" up to {max(map(result.first, kinds)):,} faults, and touching them again"
        f" {max(map(result.second, kinds)):,}.",
        figsize=(12, 5.5),
        layout="constrained",
    )
    figure.supxlabel(
        f"{result.pages:,} pages; faults: fewest of n = {rounds}; time: median and quartiles",
        fontsize=12, color=GREY, x=0.99, ha="right",
    )  # fmt: skip
    left, right = figure.subplots(1, 2, sharey=True)
    for which, (color, name) in enumerate(((BLUE, "first pass"), (ORANGE, "second pass"))):
        rows = [row + (which - 0.5) * HEIGHT for row in range(len(kinds))]
        counted = [(result.first, result.second)[which](kind) for kind in kinds]
        left.barh(rows, counted, HEIGHT, color=color, label=name)
        for row, count in zip(rows, counted, strict=True):
            left.text(count, row, f" {count:,}", va="center", fontsize=12)
        spread = [quartiles(result.times(kind, which)) for kind in kinds]
        middles = [middle for _, middle, _ in spread]
        errors = [[m - low for low, m, _ in spread], [high - m for _, m, high in spread]]
        right.barh(rows, middles, HEIGHT, xerr=errors, color=color, ecolor="black", capsize=3)
    left.set(title="Minor faults", xlabel="faults", xlim=(0, result.pages * 1.25))
    left.set_yticks(range(len(kinds)), kinds)
    left.invert_yaxis()
    thousands(left.xaxis)
    right.set(title="Time", xlabel="nanoseconds a page")
    left.legend(loc="lower right")
    return figure


@in_our_look
def crossover(result: AgainstRead) -> Figure:
    """One pair of axes for each order, one line for each way."""
    rounds = len(next(iter(result.pairs.values()))[0])
    figure = picture(
        "Time against the number of loads, for pread and for a mapping that is made for them: long loads in"
        " order on the left, short ones anywhere on the right.",
        figsize=(12, 5.5),
        layout="constrained",
    )
    figure.supxlabel(
        f"medians and quartiles of n = {rounds} paired rounds",
        fontsize=12, color=GREY, x=0.99, ha="right",
    )  # fmt: skip
    both = figure.subplots(1, 2, sharey=True)
    for axes, order in zip(both, result.pairs, strict=True):
        _lines(axes, result, order)
        axes.set(title=order[0].upper() + order[1:], xlabel="loads", xscale="log", yscale="log")
    both[0].set_ylabel("microseconds")
    both[0].legend()
    return figure


def _lines(axes: Axes, result: AgainstRead, order: str) -> None:
    for which, (color, style, name) in enumerate(((BLUE, "o-", "pread"), (ORANGE, "s--", "mmap"))):
        columns = [[pair[which] for pair in pairs] for pairs in result.pairs[order]]
        middles = [median(column) for column in columns]
        spread = [quartiles(column) for column in columns]
        errors = [[m - low for low, m, _ in spread], [high - m for _, m, high in spread]]
        axes.errorbar(
            result.counts, middles, yerr=errors, fmt=style, color=color, capsize=3, label=name
        )
