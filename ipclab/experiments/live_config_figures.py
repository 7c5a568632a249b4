"""How the results of notebook 5 are drawn."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from ipclab.experiments import figures
from ipclab.experiments.figures import (
    BLUE,
    DARK_VERMILION,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILION,
    in_our_look,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ipclab.experiments.live_config_results import Answer, KilledWorker, Requests, TakeUp

LOOKS = ((BLUE, "o"), (ORANGE, "D"), (GREEN, "s"), (VERMILION, "^"), (PURPLE, "v"), (GREY, "P"))


@in_our_look
def take_up(result: TakeUp) -> Figure:
    """A dot for each publication, a bar at the median, for each way; the price beside it."""
    said = "; ".join(
        f"{way}: median {_time(median(seconds))}, {result.share(way):.0%} of a processor"
        for way, seconds in result.seconds.items()
    )
    figure, axes = figures.new(
        f"How long after a publication all {result.workers} workers had it, on a logarithmic axis, and what"
        f" the waiting costs. {said}.",
        note=f"n = {result.rounds} publications for each way, a dot each; bar: median",
        height=5,
    )
    for row, (way, seconds) in enumerate(result.seconds.items()):
        color, marker = LOOKS[row]
        # Spread over the height of the row, in the order in which they came.
        heights = [row + 0.32 * ((7 * n) % 11 - 5) / 5 for n in range(len(seconds))]
        axes.plot(
            [1e6 * each for each in seconds], heights, linestyle="", marker=marker, color=color,
            alpha=0.45,
        )  # fmt: skip
        axes.plot([1e6 * median(seconds)] * 2, (row - 0.4, row + 0.4), color="black", linewidth=4)
        axes.text(
            1.01, row, f"{_time(median(seconds))}\n{result.share(way):.0%} CPU",
            transform=axes.get_yaxis_transform(), va="center",
        )  # fmt: skip
    axes.set(
        title="Until every worker has it", xscale="log", ylim=(len(result.seconds) - 0.45, -0.55)
    )
    axes.set_xlabel("time from the publication until the last worker had it (µs)")
    axes.xaxis.set_major_formatter("{x:,g}")
    axes.set_yticks(range(len(result.seconds)), list(result.seconds))
    axes.grid(axis="y", visible=False)
    return figure


def _time(seconds: float) -> str:
    return f"{1e6 * seconds:.0f} µs" if seconds < 1e-3 else f"{1e3 * seconds:.1f} ms"


def _names(workers: Iterable[int]) -> dict[int, tuple[str, str, str]]:
    """A name, a colour and a marker for each worker, in the order of their process ids."""
    return {
        pid: (f"worker {number}", *LOOKS[number % len(LOOKS)])
        for number, pid in enumerate(sorted(workers))
    }


@in_our_look
def requests(result: Requests) -> Figure:
    """Each answer by its time and version, one colour for each worker."""
    from matplotlib.ticker import MaxNLocator

    figure, axes = figures.new(
        f"The version in each of {len(result.answers):,} answers over time: stairs that go up at each of"
        f" {len(result.publications)} publications, the same for all workers, and never down.",
        note=f"one run, {len(result.clients)} clients; n = {len(result.answers):,} answers, a dot each;"
        " bars: update-config, from call to return",
        height=5.2,
    )
    named = _names({each.worker for each in result.answers})
    for place, (pid, look) in enumerate(named.items()):
        own = [each for each in result.answers if each.worker == pid]
        _dots(axes, own, [each.version + 0.16 * (place - 1) for each in own], look, 0.0)
    for each in result.publications:
        axes.axvspan(1e3 * each.begun, 1e3 * each.returned, color=GREY, alpha=0.3, linewidth=0)
    axes.set(
        title="Who asks later never gets an older one",
        xlabel="time at which the answer came (ms)", ylabel="version in the answer",
    )  # fmt: skip
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="upper left", framealpha=1)
    return figure


def _dots(
    axes: Axes, answers: list[Answer], heights: list[float], look: tuple[str, str, str], zero: float
) -> None:
    name, color, marker = look
    axes.plot(
        [1e3 * (each.ended - zero) for each in answers], heights, linestyle="", marker=marker,
        color=color, alpha=0.5, markersize=5, label=f"{name} ({len(answers):,} answers)",
    )  # fmt: skip


@in_our_look
def killed_worker(result: KilledWorker) -> Figure:
    """A row for each worker, a dot for each answer, with the moments of the kill and the replacement."""
    rows = [*result.workers, result.successor]
    figure, axes = figures.new(
        f"Answers over time, a row for each worker. The row of one ends when it is killed; another row begins"
        f" soon after. {result.lost} requests lost their connection, {result.mixtures} answers are mixtures.",
        note=f"one run, {len(result.clients)} clients; n = {len(result.answers):,} answers, a dot each",
        height=4.6,
    )
    labels = []
    for row, pid in enumerate(rows):
        color, marker = LOOKS[row % len(LOOKS)]
        own = result.of(pid)
        heights = [row + 0.25 * ((7 * n) % 11 - 5) / 5 for n in range(len(own))]
        _dots(axes, own, heights, ("", color, marker), result.killed)
        role = {result.victim: "killed", result.successor: "new"}.get(pid, "stays")
        labels.append(f"{role}\n{len(own):,} answers")
    _mark_kill(axes, 1e3 * (result.replaced - result.killed))
    axes.set(
        title="A worker is killed under load",
        xlabel="time from the kill (ms)", ylim=(len(rows) - 0.5, -0.9),
    )  # fmt: skip
    axes.set_yticks(range(len(rows)), labels)
    axes.grid(axis="y", visible=False)
    return figure


def _mark_kill(axes: Axes, replaced: float) -> None:
    """`replaced`: milliseconds after it."""
    axes.axvline(0, color=DARK_VERMILION, linewidth=3)
    axes.axvline(replaced, color=PURPLE, linewidth=3, linestyle="--")
    box = {"facecolor": "white", "edgecolor": "none", "pad": 2}
    words: dict[str, Any] = {"va": "center", "weight": "bold", "bbox": box}
    axes.text(-3, -0.7, "kill -9", ha="right", color=DARK_VERMILION, **words)
    axes.text(replaced + 3, -0.7, f"replaced, {replaced:.0f} ms later", **words)
