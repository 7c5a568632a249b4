"""How the results about a writer and a reader are drawn."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from ipclab.experiments import figures
from ipclab.experiments.figures import BLUE, GREEN, SKY, VERMILION, in_our_look
from ipclab.experiments.pipe_transfers import Call

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ipclab.experiments.pipe_results import Staircase, Throughput


@in_our_look
def staircase(result: Staircase) -> Figure:
    """Bytes written and read over time."""
    start = min(result.writes[0][0], result.reads[0][0])
    written = result.writes[-1][2]
    figure, axes = figures.new(
        "Bytes written and read over time: the writer fills the pipe at once, then climbs in "
        "steps of a page, always within one capacity of the slow reader's finer steps.",
        note=f"one run; both in chunks of {result.chunk_size:,} bytes, "
        f"the reader one every {result.pace * 1000:.0f} ms",
    )
    times, totals = stairs(result.reads, start)
    bound = [min(total + result.capacity, written) for total in totals]
    axes.plot(times, bound, ":", color=VERMILION, label=f"read + capacity ({result.capacity:,})")
    axes.plot(*stairs(result.writes, start), color=BLUE, label="written")
    axes.plot(times, totals, color=GREEN, label="read")
    shade_waits(axes, result, start)
    axes.set(
        title="A blocked writer moves on when a whole page is free",
        xlabel="time (ms)",
        ylabel="bytes since the start",
        ylim=(0, written * 1.5),
    )
    figures.thousands(axes.yaxis)
    axes.legend(loc="upper left", ncols=2)
    return figure


def shade_waits(axes: Axes, result: Staircase, start: float) -> None:
    """Shades each write that took longer than half of the reader's pace: it was blocked."""
    waits = [call for call in result.writes if call[1] - call[0] > result.pace / 2]
    for number, (began, returned, _) in enumerate(waits):
        axes.axvspan(
            (began - start) * 1000,
            (returned - start) * 1000,
            color=SKY,
            alpha=0.35 if number % 2 else 0.15,  # neighbours touch: two shades keep them apart
            linewidth=0,
            label="one write, blocked" if number == 0 else None,
        )


def stairs(calls: tuple[Call, ...], start: float) -> tuple[list[float], list[int]]:
    """The corners of a total over time (ms): it rises when a call returns."""
    times, totals, before = [0.0], [0], 0
    for _, returned, total in calls:
        times += [(returned - start) * 1000] * 2
        totals += [before, total]
        before = total
    return times, totals


@in_our_look
def throughput(result: Throughput) -> Figure:
    """Throughput against chunk size, one line for each capacity."""
    figure, axes = figures.new(
        "Throughput against chunk size, on logarithmic axes: one line for each capacity, "
        "with the lowest and the highest round at each point.",
        note=f"n = {result.rounds} rounds of {result.seconds * 1000:g} ms: median, "
        "whiskers from the lowest to the highest",
    )
    looks = ((VERMILION, "o"), (BLUE, "s"), (GREEN, "^"))
    for capacity, (color, marker) in zip(result.capacities(), looks, strict=False):
        points = [(size, rates) for of, size, rates in result.rates if of == capacity]
        sizes = [size for size, _ in points]
        middles = [median(rates) / 1e6 for _, rates in points]
        below = [(median(rates) - min(rates)) / 1e6 for _, rates in points]
        above = [(max(rates) - median(rates)) / 1e6 for _, rates in points]
        name = figures.size_label(capacity)
        axes.errorbar(
            sizes, middles, (below, above), color=color, marker=marker, elinewidth=1.5, label=name
        )
    figures.size_scale(axes, "x")
    axes.set_xticks(sizes)
    axes.set_yscale("log")
    figures.thousands(axes.yaxis)
    axes.set(
        title="How fast, by chunk and by capacity?", xlabel="chunk size", ylabel="throughput (MB/s)"
    )
    axes.legend(loc="upper left", title="capacity")
    return figure
