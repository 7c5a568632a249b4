"""How the results of notebook 4 are drawn."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from ipclab.experiments import figures
from ipclab.experiments.figures import (
    BLUE,
    DARK_VERMILION,
    GREY,
    ORANGE,
    PURPLE,
    VERMILION,
    in_our_look,
)
from ipclab.experiments.tables import quartiles
from ipclab.sandbox.look import picture

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ipclab.experiments.database import KilledWorker, Request, SlowMiss, WorkingSets

HIT_LOOK, MISS_LOOK = (BLUE, "o", "hits"), (ORANGE, "D", "misses")


@in_our_look
def working_sets(result: WorkingSets) -> Figure:
    """The hit rate above, the time of a get below, by the number of keys."""
    figure = picture(
        "Two panels over the number of keys in use. Above, the hit rate: nearly 100 % while the keys fit into the"
        f" cache's {result.slots} places, falling beyond. Below, the time of a get: with the cache it is far below"
        " SQLite's while they fit, and not beyond.",
        figsize=(11, 7),
        layout="constrained",
    )
    figure.supxlabel(
        f"{result.rounds} rounds of {result.gets} gets; below: medians, whiskers are quartiles",
        fontsize=12, color=GREY, x=0.99, ha="right",
    )  # fmt: skip
    above, below = figure.subplots(2, 1, sharex=True)
    keys = list(result.hits)
    above.plot(keys, [100 * each for each in result.hits.values()], color=BLUE, marker="o")
    above.set(title="A cache helps those who fit into it", ylabel="hit rate (%)", ylim=(0, 106))
    _whiskers(below, result.direct, VERMILION, "s", "SQLite alone")
    _whiskers(below, result.cached, BLUE, "o", "with the cache")
    below.set(xlabel="keys in use", ylabel="one get (µs)", yscale="log")
    below.yaxis.set_major_formatter("{x:,g}")
    below.legend(loc="center left")
    for axes in (above, below):
        axes.set_xscale("log", base=2)
        axes.axvline(result.slots, color=GREY, linestyle=":")
    above.annotate(
        f"room for {result.slots}",
        (result.slots, 20),
        (8, 0),
        textcoords="offset points",
        color="black",
    )
    below.set_xticks(keys, [f"{each:,}" for each in keys])
    return figure


def _whiskers(
    axes: Axes, seconds: Mapping[int, Sequence[float]], color: str, marker: str, name: str
) -> None:
    low, middle, high = zip(*(quartiles(each) for each in seconds.values()), strict=True)
    axes.errorbar(
        list(seconds),
        [each * 1e6 for each in middle],
        (
            [(m - l) * 1e6 for m, l in zip(middle, low, strict=True)],  # noqa: E741
            [(h - m) * 1e6 for m, h in zip(middle, high, strict=True)],
        ),
        color=color, marker=marker, label=name, capsize=4,
    )  # fmt: skip


@in_our_look
def slow_miss(result: SlowMiss) -> Figure:
    """A panel for each way: the time of each get, and when the slow answer came."""
    said = "; ".join(
        f"{way}: {result.meanwhile(way, hit=True)} hits and {result.meanwhile(way, hit=False)} misses"
        for way in result.gets
    )
    figure = picture(
        "Three panels: the time that each get of one worker took, while another worker's miss is slow."
        f" Answered before the slow one: {said}.",
        figsize=(13, 5.2),
        layout="constrained",
    )
    figure.supxlabel(
        f"one run for each way: {result.each} hits, then {result.each} misses, a dot each; line: the slow answer comes",
        fontsize=12, color=GREY, x=0.99, ha="right",
    )  # fmt: skip
    panels = figure.subplots(1, len(result.gets), sharey=True)
    for axes, way in zip(panels, result.gets, strict=True):
        _draw_way(axes, result, way)
    panels[0].set(ylabel="time of a get (ms)")
    panels[0].yaxis.set_major_formatter("{x:,g}")
    panels[0].set_ylim(top=10 * panels[0].get_ylim()[1])
    panels[0].legend(loc="lower right")
    return figure


def _draw_way(axes: Axes, result: SlowMiss, way: str) -> None:
    for hit, (color, marker, name) in ((True, HIT_LOOK), (False, MISS_LOOK)):
        gets = [(n, each) for n, each in enumerate(result.gets[way], 1) if each.hit == hit]
        axes.plot(
            [number for number, _ in gets],
            [1e3 * (each.ended - each.begun) for _, each in gets],
            linestyle="", marker=marker, color=color, alpha=0.7, label=name,
        )  # fmt: skip
    done = result.meanwhile(way, hit=True) + result.meanwhile(way, hit=False)
    axes.axvline(done + 0.5, color=DARK_VERMILION, linewidth=3)
    axes.set(title=f"{way[0].upper()}{way[1:]}", yscale="log", xlabel="number of the get")
    axes.text(
        0.5, 0.97, f"{done} answered meanwhile",
        transform=axes.transAxes, ha="center", va="top", color=DARK_VERMILION, weight="bold",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
    )  # fmt: skip


@in_our_look
def killed_worker(result: KilledWorker) -> Figure:
    """Every request by the time it took, with the moment of the kill and that of the replacement."""
    everything = [each for seen in result.clients for each in seen]
    figure, axes = figures.new(
        f"Requests of {len(result.clients)} clients over time, each by how long it took. One worker is killed on"
        f" the way, and replaced soon after. {result.count('wrong')} answers are wrong.",
        note=f"one run; n = {len(everything):,} requests, a dot each",
        height=5.2,
    )
    _requests(axes, result, [r for r in everything if r.kind == "get"], BLUE, "o", "get")
    _requests(axes, result, [r for r in everything if r.kind == "set"], ORANGE, "D", "set")
    unknown = [r for r in everything if r.outcome == "unknown"]
    _requests(axes, result, unknown, "black", "X", "set, outcome unknown")
    back = 1e3 * (result.replaced - result.killed)
    axes.axvline(0, color=DARK_VERMILION, linewidth=3)
    axes.axvline(back, color=PURPLE, linewidth=3, linestyle="--")
    _flag(axes, 0, -8, "kill -9", DARK_VERMILION)
    _flag(axes, back, 8, f"replaced, {back:.0f} ms later", "black")
    first = max(-150, -1e3 * result.killed)
    last = 1e3 * (max(each.ended for each in everything) - result.killed)
    axes.set(
        title="A worker is killed under load",
        xlabel="time from the kill (ms)", ylabel="time of a request (ms)",
        xlim=(first, max(last, back + 0.3 * (back - first))), yscale="log",
    )  # fmt: skip
    axes.set_ylim(top=8 * axes.get_ylim()[1])
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, columnspacing=1)
    return figure


def _flag(axes: Axes, at: float, shift: float, text: str, color: str) -> None:
    """Words beside a vertical line, `shift` typographic points away."""
    axes.annotate(
        text, (at, 0.97), (shift, 0), xycoords=axes.get_xaxis_transform(), textcoords="offset points",
        ha="right" if shift < 0 else "left", va="top", color=color, weight="bold",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
    )  # fmt: skip


def _requests(
    axes: Axes,
    result: KilledWorker,
    requests: Sequence[Request],
    color: str,
    marker: str,
    name: str,
) -> None:
    if not requests:
        return
    typical = 1e3 * median(each.ended - each.begun for each in requests)
    axes.plot(
        [1e3 * (each.begun - result.killed) for each in requests],
        [1e3 * (each.ended - each.begun) for each in requests],
        linestyle="", marker=marker, color=color, alpha=0.5, markersize=5,
        label=f"{name} (median {typical:.2g} ms)",
    )  # fmt: skip
