"""How the results of notebook 7 are drawn."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from ipclab.experiments import figures
from ipclab.experiments.figures import (
    BLUE,
    DARK_VERMILION,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    in_our_look,
)
from ipclab.experiments.tables import quartiles
from ipclab.sandbox.look import picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ipclab.experiments.races import (
        Corruption,
        LostUpdate,
        Prices,
        Step,
        TornCopies,
        TornStructure,
    )

LANES = {"A": (0, BLUE, "white"), "B": (1, PURPLE, "black")}  # place, color, color of the text
LOOKS = {"no lock": (VERMILION, "o"), "semaphore": (BLUE, "s"), "file lock": (GREEN, "D")}


@in_our_look
def heat_maps(result: Corruption) -> Figure:
    """One panel free, one pinned; in each cell the wrong rounds and the interval of their rate."""
    figure = picture(
        "Two heat maps, on all cores and pinned to one: in how many rounds the sum was wrong, by the number "
        "of processes and of increments. One process is never wrong; how often several are depends on both.",
        figsize=(13, 5.2),
        layout="constrained",
    )
    figure.supxlabel(
        f"n = {result.rounds} rounds for each cell; small print: 95 % confidence interval of the rate (Wilson)",
        fontsize=12,
        color=GREY,
        x=0.99,
        ha="right",
    )
    left, right = figure.subplots(1, 2, sharey=True)
    _heat_map(left, result, pinned=False)
    _heat_map(right, result, pinned=True)
    left.set_ylabel("processes")
    figure.colorbar(
        right.images[0], ax=[left, right], label="wrong sums (% of rounds)", shrink=0.9, pad=0.01
    )
    return figure


def _heat_map(axes: Axes, result: Corruption, pinned: bool) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    from ipclab.experiments.races import percent, where

    counts = {way[1:]: wrong for way, wrong in result.wrong.items() if way[0] == pinned}
    processes, increments = (sorted(set(each)) for each in zip(*counts, strict=True))
    rates = [[100 * counts[p, i] / result.rounds for i in increments] for p in processes]
    colors = LinearSegmentedColormap.from_list("white to vermilion", ["#F4F6F8", VERMILION])
    axes.imshow(rates, cmap=colors, vmin=0, vmax=100, aspect="auto", origin="lower")
    for row, p in enumerate(processes):
        for column, i in enumerate(increments):
            wrong = counts[p, i]
            axes.text(
                column,
                row + 0.12,
                f"{wrong} of {result.rounds}",
                ha="center",
                va="center",
                weight="bold",
            )
            axes.text(
                column,
                row - 0.2,
                percent(wrong, result.rounds),
                ha="center",
                va="center",
                fontsize=11,
            )
    axes.set(
        title="Pinned to one core" if pinned else f"On {where(False, result.cores)}",
        xlabel="increments by each process",
    )
    axes.set_xticks(range(len(increments)), [f"{each:,}" for each in increments])
    axes.set_yticks(range(len(processes)), list(map(str, processes)))
    axes.grid(visible=False)
    axes.tick_params(length=0)


@in_our_look
def schedule(result: LostUpdate) -> Figure:
    """A lane for each process, a box for each step, and below them the counter in memory."""
    said = "; ".join(f"{step.process} {step.action}" for step in result.steps)
    figure, axes = figures.new(
        f"Two processes, step by step: {said}. The counter is {result.counter} in the end.",
        note="one run in the order of its steps, not to scale in time",
        width=2.4 * (len(result.steps) + 1),
        height=4.2,
    )
    for number, step in enumerate(result.steps):
        _draw_step(axes, number, step)
    wrong = result.counter != 2
    axes.text(
        len(result.steps) + 0.1, 2, "and not 2" if wrong else "as it should be",
        va="center", color=DARK_VERMILION if wrong else "black", weight="bold",
    )  # fmt: skip
    axes.set(
        title="An update is lost" if wrong else "With a lock, nobody can come between",
        xlim=(0, len(result.steps) + 1),
        ylim=(2.5, -0.5),
        xlabel="step",
    )
    numbers = range(len(result.steps))
    axes.set_xticks([number + 0.5 for number in numbers], [str(number + 1) for number in numbers])
    axes.set_yticks((0, 1, 2), ("process A", "process B", "counter"))
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.spines["left"].set_visible(False)
    return figure


def _draw_step(axes: Axes, number: int, step: Step) -> None:
    """What was done, in the lane of its process; a wait is hatched. Below, the counter."""
    lane, color, ink = LANES[step.process]
    waits = step.number is None
    face, hatch = ("white", "//") if waits else (color, None)
    axes.barh(
        lane, 0.86, left=number + 0.07, height=0.56, facecolor=face, edgecolor=color, hatch=hatch
    )
    text = step.action if waits else f"{step.action} {step.number}"
    text = text.replace(", ", ",\n").replace("finds ", "finds\n")
    box = {"facecolor": "white", "edgecolor": "none", "pad": 2} if waits else None
    ink = "black" if waits else ink
    middle = number + 0.5
    axes.text(middle, lane, text, ha="center", va="center", color=ink, bbox=box)
    axes.text(middle, 2, str(step.counter), ha="center", va="center", fontsize=18, weight="bold")


@in_our_look
def byte_map(result: TornStructure) -> Figure:
    """A row for each copy, a cell for each of its sixteen bytes."""
    from matplotlib.patches import Rectangle

    figure, axes = figures.new(
        "Three rows of sixteen bytes, as a reader copied them: all old; eight new and eight old; all new.",
        note="the reader's own copies; the writer was held after each store, so that n = 1 says it all",
        height=4,
    )
    for row, (when, *_, equal) in enumerate(result.rows()):
        for column, byte in enumerate(result.copies[row]):
            new = byte == result.copies[-1][0]
            left = column + (0.35 if column >= 8 else 0)
            axes.add_patch(
                Rectangle((left + 0.03, row - 0.38), 0.94, 0.76, facecolor=ORANGE if new else SKY)
            )
            axes.text(left + 0.5, row, f"{byte:02x}", ha="center", va="center", family="monospace")
        axes.text(-0.2, row, str(when), ha="right", va="center")
        torn = equal == "no"
        axes.text(
            16.6, row, "torn" if torn else "whole", va="center",
            color=DARK_VERMILION if torn else "black", weight="bold" if torn else "normal",
        )  # fmt: skip
    for at, name in ((4, "first field"), (12.35, "second field")):
        axes.text(at, -0.75, name, ha="center", weight="bold")
    axes.set(title="A copy of something that never was", xlim=(-4.6, 18.2), ylim=(2.5, -1.1))
    axes.axis("off")
    return figure


@in_our_look
def torn_rates(result: TornCopies) -> Figure:
    """A dot for each round, a bar at the median, for each place and lock."""
    figure, axes = figures.new(
        "The share of torn copies, round by round, free and pinned to one core, without a lock and with a "
        "semaphore: with the semaphore none is torn.",
        note=f"n = {len(result.found[True, 'no lock'])} rounds, a dot each; bar: median",
        height=4.2,
    )
    rows = result.rows()
    for row, (pinned, lock) in enumerate(result.found):
        color, marker = LOOKS[lock]
        rates = result.rates(pinned, lock)
        axes.plot(rates, [row] * len(rates), linestyle="", marker=marker, color=color, alpha=0.5)
        axes.plot([median(rates)] * 2, (row - 0.25, row + 0.25), color=color, linewidth=4)
        axes.text(
            1.01, row, f"{rows[row][2]:,} of {rows[row][3]:,}",
            transform=axes.get_yaxis_transform(), va="center", fontsize=12,
        )  # fmt: skip
    axes.set(title="Torn copies, with nobody held", xlabel="torn copies (% of a round's)")
    most = max(1.0, *(max(result.rates(*way)) for way in result.found))
    axes.set(xlim=(-0.02 * most, 1.02 * most), ylim=(len(rows) - 0.5, -0.5))
    axes.set_yticks(range(len(rows)), [f"{place}, {lock}" for place, lock, *_ in rows])
    return figure


@in_our_look
def prices(result: Prices) -> Figure:
    """Medians with quartiles on a logarithmic axis: each lock alone, and with a second process."""
    figure, axes = figures.new(
        "What one increment takes without a lock, with a semaphore and with a file lock, for one process and for "
        "two that want it at once, on a logarithmic axis.",
        note=f"medians of {result.rounds} rounds of {result.times} increments by each process; whiskers: quartiles",
        height=4.6,
    )
    for number, (name, (color, marker)) in enumerate(LOOKS.items()):
        for processes in (1, 2):
            low, middle, high = (each * 1e6 for each in quartiles(result.seconds[processes, name]))
            at = processes + (number - 1) * 0.18
            axes.errorbar(
                at, middle, ([middle - low], [high - middle]), color=color, marker=marker,
                markersize=10, linestyle="", label=name if processes == 1 else None,
            )  # fmt: skip
            axes.annotate(
                f"{middle:.2g}",
                (at, middle),
                (9, 0),
                textcoords="offset points",
                va="center",
                fontsize=12,
            )
    axes.set(title="What does keeping order cost?", ylabel="one increment (µs)", xlim=(0.5, 2.6))
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.set_xticks((1, 2), ("one process alone", "two processes at once"))
    axes.grid(axis="x", visible=False)
    axes.legend(loc="upper left")
    return figure
