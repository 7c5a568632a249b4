"""How the results about filling a pipe are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipclab.experiments import figures
from ipclab.experiments.figures import BLUE, GREY, ORANGE, VERMILION, in_our_look
from ipclab.experiments.pipe_model import PAGE_SIZE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ipclab.experiments.pipe_results import (
        ByChunkSize,
        ByPagesHeld,
        ByRequestedSize,
        PacketMode,
    )


@in_our_look
def sawtooth(result: ByChunkSize) -> Figure:
    """Bytes accepted against chunk size."""
    sizes = list(result.accepted)
    figure, axes = figures.new(
        "Bytes accepted against chunk size: a sawtooth that reaches the capacity where a whole "
        "number of chunks fills a page, and falls to about half just past half a page.",
        note=f"n = {len(sizes)} chunk sizes, the pipe filled once with each",
    )
    axes.axhline(result.capacity, color=GREY, linestyle="--", linewidth=1.5)
    axes.plot(sizes, list(result.predicted.values()), color=ORANGE, label="predicted")
    measured = list(result.accepted.values())
    axes.plot(sizes, measured, ".", color=BLUE, markersize=5, label="measured")
    capacity = f"capacity (F_GETPIPE_SZ): {result.capacity:,}"
    figures.label(axes, capacity, (max(sizes), result.capacity), (-1, 6), GREY)
    point_out(axes, result, PAGE_SIZE // 3 + 1, (-8, -30))
    point_out(axes, result, PAGE_SIZE // 2 + 1, (8, -30))
    point_out(axes, result, PAGE_SIZE + 1, (8, -30))
    axes.set(
        title="The same pipe, filled with chunks of one size",
        xlabel="chunk size (bytes)",
        ylabel="bytes accepted",
        xlim=(0, max(sizes) * 1.01),
        ylim=(0, result.capacity * 1.12),
    )
    axes.set_xticks(range(0, max(sizes) + 1, PAGE_SIZE // 2))
    figures.thousands(axes.xaxis, axes.yaxis)
    axes.legend(loc="lower right")
    return figure


def point_out(axes: Axes, result: ByChunkSize, chunk_size: int, shift: tuple[float, float]) -> None:
    """Names one point of the sawtooth, if it was measured."""
    if accepted := result.accepted.get(chunk_size):
        axes.plot([chunk_size], [accepted], "o", color=VERMILION, markersize=9)
        figures.label(axes, f"{chunk_size:,} B:\n{accepted:,}", (chunk_size, accepted), shift)


@in_our_look
def slot_rows(
    rows: dict[str, list[int]], capacity: int, title: str, ylabel: str, alt: str
) -> Figure:
    """Each row a pipe, each box a slot of one page, filled as high as it holds bytes."""
    count = capacity // PAGE_SIZE
    figure, axes = figures.new(
        alt,
        note="blue: a full page; orange: a page with room left",
        height=1.6 + 1.15 * len(rows),
    )
    for row, slots in enumerate(rows.values()):
        draw_slots(axes, -row, [held / PAGE_SIZE for held in slots], count)
        axes.text(count + 0.2, 0.4 - row, f"{sum(slots):,} B", va="center")
    axes.set_yticks([0.4 - row for row in range(len(rows))], list(rows))
    axes.set_xticks([slot + 0.45 for slot in range(count)], map(str, range(1, count + 1)))
    axes.set(title=title, ylabel=ylabel, xlabel="slot (one page each)")
    axes.set_xlim(-0.2, count * 1.15)
    axes.grid(False)
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    return figure


def draw_slots(axes: Axes, bottom: float, levels: list[float], count: int) -> None:
    """One pipe: `count` boxes from `bottom` up, filled from the left to these levels (0 to 1)."""
    height, width = 0.8, 0.9
    axes.bar(range(count), height, width, bottom, align="edge", facecolor="white", edgecolor=GREY)
    # A single byte would be too thin to see: the lowest level that is drawn shows.
    heights = [height * max(level, 0.04) for level in levels]
    colors = [BLUE if level == 1 else ORANGE for level in levels]
    axes.bar(range(len(levels)), heights, width, bottom, align="edge", color=colors)


@in_our_look
def requested(result: ByRequestedSize) -> Figure:
    """The capacity granted against the size asked for."""
    limit = result.pipe_max_size
    figure, axes = figures.new(
        "Capacity granted against size asked for: stairs that rise to the next power of two, "
        "from one page up to the system's limit.",
        note=f"n = {len(result.granted)} sizes, each asked for once of an empty pipe",
    )
    whole_range = [min(result.granted), max(result.granted)]
    axes.plot(whole_range, whole_range, ":", color=GREY, label="as asked")
    draw_answers(axes, result)
    figures.size_scale(axes, "x", "y")
    axes.axvline(limit, color=GREY, linestyle="--", linewidth=1.5)
    axes.set(
        title="F_SETPIPE_SZ rounds up to a power of two",
        xlabel="size asked for",
        ylabel="capacity granted",
        xlim=(PAGE_SIZE / 8, 4 * limit),
        ylim=(PAGE_SIZE / 4, 4 * limit),
    )
    figures.label(axes, f"pipe-max-size: {limit:,}", (limit, PAGE_SIZE / 2), (-8, 0), GREY)
    axes.legend(loc="upper left")
    return figure


def draw_answers(axes: Axes, result: ByRequestedSize) -> None:
    """Stairs for the sizes that were granted, and a row of crosses for those that were refused."""
    granted = {size: got for size, got in result.granted.items() if isinstance(got, int)}
    refused = [size for size, got in result.granted.items() if isinstance(got, str)]
    stairs: dict[str, Any] = {"drawstyle": "steps-pre", "marker": "o", "markersize": 5}
    axes.plot(list(granted), list(granted.values()), color=BLUE, label="granted", **stairs)
    if refused:
        levels = [result.pipe_max_size] * len(refused)
        crosses: dict[str, Any] = {
            "linestyle": "none",
            "marker": "x",
            "markersize": 9,
            "markeredgewidth": 2.5,
        }
        axes.plot(refused, levels, color=VERMILION, label="refused (EPERM)", **crosses)


@in_our_look
def crowded(result: ByPagesHeld) -> Figure:
    """The capacity of a new pipe against the pages that a user's pipes hold."""
    figure, axes = figures.new(
        "Capacity of a new pipe against the pages that one user's pipes hold already: it stays the "
        "same up to the soft limit and is far smaller beyond.",
        note=f"n = {len(result.points)} pipes, made one after the other and made as large as allowed",
    )
    held, capacities = zip(*result.points, strict=True)
    axes.plot(held, capacities, "o", color=BLUE)
    axes.axvline(result.soft_limit, color=GREY, linestyle="--", linewidth=1.5)
    limit = f"pipe-user-pages-soft: {result.soft_limit:,}"
    figures.label(axes, limit, (result.soft_limit, max(capacities) / 2), (-8, 0), GREY)
    axes.set(
        title="A user with many pipes gets small ones",
        xlabel="pages held by the user's pipes",
        ylabel="capacity of a new pipe (bytes)",
        ylim=(0, max(capacities) * 1.1),
    )
    figures.thousands(axes.xaxis, axes.yaxis)
    return figure


@in_our_look
def packets(result: PacketMode) -> Figure:
    """Bytes accepted against packet size."""
    sizes = list(result.stream)
    figure, axes = figures.new(
        "Bytes accepted against the size of each write: an ordinary pipe takes its capacity, "
        "a pipe in packet mode takes the same number of packets, however small they are.",
        note=f"n = {len(sizes)} sizes, a pipe filled once with each",
    )
    axes.plot(sizes, list(result.stream.values()), "o-", color=BLUE, label="stream")
    axes.plot(sizes, list(result.packets.values()), "s-", color=ORANGE, label="packet mode")
    figures.label(axes, f"{result.count(2)} packets of 2 bytes", (2, result.packets[2]), (14, -4))
    figures.size_scale(axes, "x", "y")
    axes.set(
        title="In packet mode every write takes a slot",
        xlabel="size of each write",
        ylabel="bytes accepted",
    )
    axes.legend(loc="center right")
    return figure
