"""How the results of notebook 11 are drawn."""

from __future__ import annotations

from collections.abc import Callable
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
    SKY,
    VERMILION,
    in_our_look,
)  # fmt: skip
from ipclab.experiments.tables import quartiles
from ipclab.sandbox.look import picture, png

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ipclab.experiments.ring_buffer_results import (
        Concatenation,
        FillLevels,
        Ladder,
        Layout,
        Shares,
        Waiting,
    )  # fmt: skip

NEW = "#F4F6F8"  # what holds nothing
OTHERS = {"multiprocessing.Queue": SKY, "a pipe": SKY, "yours": ORANGE}  # no ring buffers of ours
CONSUMERS = (BLUE, ORANGE, GREEN, PURPLE, SKY)


@in_our_look
def byte_map(result: Layout) -> Figure:
    """A row for the header, a row for each slot, a cell for each byte or number."""
    figure, axes = figures.new(
        f"The bytes of a ring buffer: a header with capacity {result.capacity}, head {result.head} and tail "
        f"{result.tail}, then {result.capacity} slots, each with a length and the bytes of an item.",
        note="the bytes of one real buffer, read from its file in /dev/shm",
        height=5.2,
    )
    for number, (where, name, value) in enumerate(result.rows()[:4]):
        _box(axes, 3 * number, 0, 2.9, f"{name} {value}", SKY)
        axes.text(3 * number, -0.55, str(where), fontsize=11, color=GREY)
    axes.text(-0.3, 0, "header", ha="right", va="center")
    for slot in range(result.capacity):
        _slot(axes, result, slot)
    axes.text(0, 0.95, "length", fontsize=12, color=GREY)
    axes.text(3, 0.95, "the item's bytes", fontsize=12, color=GREY)
    axes.set(title="One object, all of it", xlim=(-3.4, 17.4), ylim=(result.capacity + 1.7, -1))
    axes.axis("off")
    return figure


def _slot(axes: Axes, result: Layout, slot: int) -> None:
    """A slot's length and bytes, and which item they are."""
    start, length, data = result.slot(slot)
    put = [number for number in range(result.tail) if number % result.capacity == slot]
    filled = bool(put) and put[-1] >= result.head
    row, color = slot + 1.5, ORANGE if filled else NEW
    axes.text(-0.3, row, f"slot {slot}, from {start}", ha="right", va="center")
    _box(axes, 0, row, 2.9, str(length), color)
    for number, byte in enumerate(data):
        used = number < length
        text = chr(byte) if 32 < byte < 127 else "·"
        _box(axes, 3 + 1.1 * number, row, 1.05, text, color if used else "white", mono=True)
    what = "free: no item yet"
    if put:
        what = f"item {put[-1]}" if filled else f"free: item {put[-1]} was taken"
    axes.text(12.1, row, what, va="center", weight="bold" if filled else "normal")


def _box(
    axes: Axes, left: float, row: float, width: float, text: str, color: str, mono: bool = False
) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle((left, row - 0.38), width, 0.76, facecolor=color, edgecolor=GREY, linewidth=1)
    )
    family = "monospace" if mono else "sans-serif"
    axes.text(left + width / 2, row, text, ha="center", va="center", family=family)


@in_our_look
def waiting(result: Waiting) -> Figure:
    """Two panels with logarithmic axes, a dot for each round and a bar at the median."""
    figure = picture(
        "Two panels, a dot for each round: what share of a processor a waiting get used, and how long after the "
        "put it came back, for looking all the time, looking every millisecond, semaphores, and the tuned buffer.",
        figsize=(13, 4.6),
        layout="constrained",
    )
    rounds = len(next(iter(result.found.values())))
    note = f"n = {rounds} waits of {1000 * result.seconds:.0f} ms for each, a dot each; bar: median"
    figure.supxlabel(note, fontsize=12, color=GREY, x=0.99, ha="right")
    left, right = figure.subplots(1, 2, sharey=True)
    colors = (VERMILION, ORANGE, BLUE, GREEN)
    for row, (found, color) in enumerate(zip(result.found.values(), colors, strict=True)):
        shares = [100 * each[2] / result.seconds for each in found]
        for axes, values in ((left, shares), (right, [1e6 * each[3] for each in found])):
            axes.plot(values, [row] * len(values), "o", color=color, alpha=0.5)
            axes.plot([median(values)] * 2, (row - 0.3, row + 0.3), color=color, linewidth=4)
    left.set(title="What waiting uses", xlabel="of one processor (%)")
    right.set(title="How soon it ends", xlabel="from put to the return of get (µs)")
    for axes in (left, right):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:,g}")
    left.set_yticks(range(len(result.found)), list(result.found))
    left.set_ylim(len(result.found) - 0.4, -0.6)
    return figure


@in_our_look
def fill_levels(result: FillLevels) -> Figure:
    """A panel for each pair of speeds: the level as steps, the capacity as a line."""
    names = list(result.levels)
    figure = picture(
        f"Items in a buffer of {result.capacity} over time, with {', '.join(names)}: it is full most of the time when "
        "the producer is faster, and empty most of the time when the consumer is.",
        figsize=(5 * max(2, len(names)), 4.6),
        layout="constrained",
    )
    count = len(next(iter(result.levels.values()))) // 2
    note = f"one run each, {count} items; the level is read from the buffer's counters after each put and get"
    figure.supxlabel(note, fontsize=12, color=GREY, x=0.99, ha="right")
    for number, axes in enumerate(figure.subplots(1, len(names), sharey=True, squeeze=False)[0]):
        _level(axes, result, names[number])
        if number == 0:
            axes.set_ylabel("items in the buffer")
            axes.text(0, result.capacity + 0.2, "capacity", color=DARK_VERMILION, va="bottom")
    return figure


def _level(axes: Axes, result: FillLevels, name: str) -> None:
    from matplotlib.ticker import MaxNLocator

    times, levels = zip(*result.levels[name], strict=True)
    milliseconds = [1000 * when for when in times]
    axes.axhline(result.capacity, color=VERMILION, linestyle="--", linewidth=2)
    axes.fill_between(milliseconds, levels, step="post", color=SKY, alpha=0.5)
    axes.step(milliseconds, levels, where="post", color=BLUE, linewidth=2)
    axes.set(title=name[0].upper() + name[1:], xlabel="time (ms)", ylim=(0, result.capacity * 1.2))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))


def sliders(measured: Callable[[int, int, int], FillLevels]) -> Any:
    """Three sliders, and below them the fill level of a run at these speeds."""
    import ipywidgets

    class Sliders(ipywidgets.VBox):  # type: ignore[misc]
        def __repr__(self) -> str:  # what stands where no kernel runs
            return "sliders for both speeds and the capacity"

    wide = ipywidgets.Layout(width="560px")
    words = {"description_width": "200px"}
    choices = [
        ipywidgets.IntSlider(
            value=value, min=least, max=most, description=name, layout=wide, style=words,
            continuous_update=False,  # every position runs two processes
        )
        for name, value, least, most in (
            ("producer rests (ms)", 1, 0, 10), ("consumer rests (ms)", 2, 0, 10), ("capacity", 8, 1, 32),
        )
    ]  # fmt: skip
    image = ipywidgets.Image(format="png", layout=wide)

    def show(change: Any = None) -> None:
        image.value = png(fill_levels(measured(*(choice.value for choice in choices))))

    for choice in choices:
        choice.observe(show, names="value")
    show()
    return Sliders([*choices, image])


@in_our_look
def shares(result: Shares) -> Figure:
    """A bar for each round and buffer, cut where the next consumer's share begins."""
    consumers = len(next(iter(result.taken.values()))[0])
    figure, axes = figures.new(
        f"Bars, one for each round, cut into the shares of {consumers} consumers: the shares differ, "
        f"their sum is always {result.items:,}.",
        note=f"{result.items:,} items a round; every item reached exactly one consumer, checked",
        height=5,
    )
    labels: list[str] = []
    half = len(next(iter(result.taken.values())))
    for name, rounds in result.taken.items():
        for number, parts in enumerate(rounds, start=1):
            row, left = len(labels) + (len(labels) >= half) * 0.5, 0
            for consumer, part in enumerate(parts):
                axes.barh(row, part, 0.8, left, color=CONSUMERS[consumer % len(CONSUMERS)])
                if part > result.items / 20:
                    axes.text(left + part / 2, row, f"{part:,}", ha="center", va="center")
                left += part
            labels.append(f"{name}, round {number}")
    axes.set_yticks([row + (row >= half) * 0.5 for row in range(len(labels))], labels)
    axes.set(
        title=f"Who got how many? {consumers} consumers", xlabel="items", xlim=(0, result.items)
    )
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
    return figure


@in_our_look
def ladder(result: Ladder) -> Figure:
    """A bar for each way from bottom to top of the ladder, the rounds as whiskers."""
    names = list(result.rates)
    figure, axes = figures.new(
        "Bars on a logarithmic axis: messages a second for each way, " + ", ".join(names) + ".",
        note=f"messages of 64 bytes, one producer, one consumer; medians of {result.rounds} rounds, whiskers: "
        "lowest and highest; x: times the first line",
        height=6,
    )
    for row, name in enumerate(names):
        rates = result.rates[name]
        middle = median(rates)
        axes.barh(row, middle, 0.7, color=OTHERS.get(name, BLUE))
        axes.plot((min(rates), max(rates)), (row, row), color="black", linewidth=2)
        times = middle / median(result.rates[names[0]])
        label = f"{1e-3 * middle:,.3g} thousand, x {times:.2g}"
        axes.text(max(rates) * 1.08, row, label, va="center", fontsize=13)
    axes.set_xscale("log")
    axes.set_xlim(
        min(map(min, result.rates.values())) / 2, max(map(max, result.rates.values())) * 7
    )
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set(title="From a lock and a look to batches", xlabel="messages a second")
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
    return figure


@in_our_look
def concatenation(result: Concatenation) -> Figure:
    """Two lines with quartiles over the size of an item, and the ratio of the cheapest rounds."""
    rounds = len(next(iter(result.joined.values())))
    figure, axes = figures.new(
        "Two lines on logarithmic axes, the processor time to store a hundred items, joined first or one by one: "
        "joining is cheaper for small items and dearer for large ones; the lines cross.",
        note=f"processor time; medians of {rounds} rounds, whiskers: quartiles; "
        "x: joining costs so many times as much",
    )
    _costs(axes, result.joined, "joined, then stored", VERMILION, "s")
    _costs(axes, result.one_by_one, "one by one", BLUE, "o")
    for size, joined in result.joined.items():
        at = size, 1e6 * max(median(joined), median(result.one_by_one[size]))
        label = f"x {result.ratio(size):.2g}"
        axes.annotate(label, at, (0, 9), textcoords="offset points", ha="center", fontsize=12)
    figures.size_scale(axes, "x")
    axes.set_xticks(list(result.joined))
    axes.minorticks_off()
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.set(title="Does it pay to join a batch?", xlabel="size of an item")
    axes.set(ylabel="100 items (µs)", ylim=(None, axes.get_ylim()[1] * 2))
    axes.legend(loc="upper left")
    return figure


def _costs(
    axes: Axes, found: dict[int, tuple[float, ...]], name: str, color: str, marker: str
) -> None:
    """Medians with whiskers from the lower to the upper quartile, in microseconds."""
    spreads = [[1e6 * each for each in quartiles(found[size])] for size in found]
    low, middle, high = zip(*spreads, strict=True)
    whiskers = (
        [m - each for each, m in zip(low, middle, strict=True)],
        [each - m for each, m in zip(high, middle, strict=True)],
    )
    axes.errorbar(list(found), middle, whiskers, color=color, marker=marker, label=name)
