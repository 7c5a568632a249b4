"""How the results of notebook 6 are drawn: a cliff at PIPE_BUF, and the bytes of a torn write."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ipclab.experiments import figures
from ipclab.experiments.figures import BLUE, GREEN, ORANGE, VERMILION, in_our_look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ipclab.experiments.atomic_records import Picture, Torn

_COLORS = (BLUE, ORANGE, GREEN)
_HATCHES = ("", "//", "..")


@in_our_look
def torn(result: Torn) -> Figure:
    """One point for each size, with its interval."""
    limit = os.pathconf("/", "PC_PIPE_BUF")
    figure, axes = figures.new(
        "Percentage of torn writes against bytes in a write: "
        + ", ".join(f"{each.size:,} bytes {each.fraction:.0%}" for each in result.counts)
        + f". PIPE_BUF is {limit:,}.",
        note=f"n = {result.counts[0].writes} writes for each size, {result.writers} writers;"
        " whiskers: 95 % interval (Wilson)",
    )
    # Each size in a place of its own: on a scale of bytes 4,096 and 4,097 would be one point.
    for place, each in enumerate(result.counts):
        low, high = (100 * bound for bound in each.interval)
        percent = 100 * each.fraction
        axes.errorbar(
            place,
            percent,
            yerr=[[max(0.0, percent - low)], [max(0.0, high - percent)]],
            fmt="o" if each.size <= limit else "s",
            color=BLUE if each.size <= limit else VERMILION,
            markersize=9,
            capsize=5,
        )
    cliff = sum(each.size <= limit for each in result.counts) - 0.5
    axes.axvline(cliff, color="black", linestyle="--", linewidth=1.5)
    figures.label(axes, f"at most PIPE_BUF\n({limit:,} bytes)", (cliff, 50), (-8, 0), "black")
    figures.label(axes, "longer", (cliff, 50), (8, 0), "black")
    axes.set_xticks(range(len(result.counts)), [f"{each.size:,}" for each in result.counts])
    axes.set(
        title=f"Torn writes in a pipe of {result.capacity:,} bytes",
        xlabel="bytes in a write (sizes in order, not to scale)",
        ylabel="torn (%)",
        ylim=(-4, 104),
    )
    return figure


@in_our_look
def picture(result: Picture) -> Figure:
    """A band of bytes from left to right, a colour and a hatching for each writer."""
    runs = result.runs
    figure, axes = figures.new(
        "Bytes in the order in which they came out: "
        + ", ".join(f"{length:,} of writer {'ABC'[writer]}" for writer, length in runs)
        + ".",
        note=f"three writers, each write {result.size:,} bytes; one run",
        height=3.2,
    )
    at = 0
    for writer, length in runs:
        axes.barh(
            0,
            length,
            left=at,
            color=_COLORS[writer],
            hatch=_HATCHES[writer],
            edgecolor="white",
            linewidth=2,
        )
        if length * 25 > len(result.data):
            axes.text(
                at + length / 2, 0, "ABC"[writer], ha="center", va="center", fontweight="bold",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
            )  # fmt: skip
        at += length
    axes.set(title="Around one torn write", xlabel="byte", xlim=(0, at))
    axes.set_yticks([])
    axes.grid(visible=False)
    figures.thousands(axes.xaxis)
    return figure
