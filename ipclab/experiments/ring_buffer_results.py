"""What the experiments of notebook 11 hand back: frozen records that print as tables and draw themselves."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from ipclab.experiments import ring_buffer_figures, ring_buffer_ways
from ipclab.experiments.figures import size_label
from ipclab.experiments.tables import Row, Tabular, quartiles
from ipclab.ipc.ring_buffer.taught import HEADER, LENGTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, repr=False)
class Layout(Tabular):
    """The bytes of a taught buffer, after some items went through it."""

    memory: bytes
    items: tuple[bytes, ...]  # all that were put

    title = "The bytes of a ring buffer"
    headers = ("bytes", "what", "value")

    @property
    def head(self) -> int:
        return int(HEADER.unpack_from(self.memory)[2])

    @property
    def tail(self) -> int:
        return int(HEADER.unpack_from(self.memory)[3])

    @property
    def capacity(self) -> int:
        return int(HEADER.unpack_from(self.memory)[0])

    def slot(self, number: int) -> tuple[int, int, bytes]:
        """Where a slot begins, the length that stands in it, and the bytes behind."""
        stride = (len(self.memory) - HEADER.size) // self.capacity
        start = HEADER.size + number * stride
        (length,) = LENGTH.unpack_from(self.memory, start)
        return start, length, self.memory[start + LENGTH.size : start + stride]

    def rows(self) -> list[Row]:
        fields = zip(
            ("capacity", "item_size", "head", "tail"), HEADER.unpack_from(self.memory), strict=True
        )
        rows: list[Row] = [
            (f"{8 * number} to {8 * number + 7}", name, value)
            for number, (name, value) in enumerate(fields)
        ]
        for number in range(self.capacity):
            start, length, data = self.slot(number)
            where = f"{start} to {start + LENGTH.size + len(data) - 1}"
            rows.append((where, f"slot {number}", f"{length}, then {data!r}"))
        return rows

    def plot(self) -> Figure:
        """The header and the slots, byte by byte."""
        return ring_buffer_figures.byte_map(self)


@dataclass(frozen=True, repr=False)
class Waiting(Tabular):
    """What it takes to wait, and how soon the waiting ends: by way, a tuple for each round."""

    seconds: float  # until the item came
    found: dict[str, tuple[tuple[int, int, float, float], ...]]  # looks, sleeps, CPU, delay in s

    headers = ("waits", "looks", "sleeps", "CPU %", "comes back after us")

    @property
    def title(self) -> str:
        rounds = len(next(iter(self.found.values())))
        return f"A get that waits {1000 * self.seconds:.0f} ms for its item: medians of {rounds} rounds"

    def rows(self) -> list[Row]:
        rows: list[Row] = []
        for name, each in self.found.items():
            looks, sleeps, used, delay = (median(column) for column in zip(*each, strict=True))
            share = f"{100 * used / self.seconds:.1f}"
            rows.append((name, int(looks) or "", int(sleeps), share, round(1e6 * delay)))
        return rows

    def looks(self, name: str) -> list[int]:
        return [each[0] for each in self.found[name]]

    def used(self, name: str) -> float:
        """CPU seconds of all rounds together."""
        return sum(each[2] for each in self.found[name])

    def plot(self) -> Figure:
        """Two panels, a dot for each round: the processor's share, and the delay."""
        return ring_buffer_figures.waiting(self)


@dataclass(frozen=True, repr=False)
class FillLevels(Tabular):
    """How many items were in the buffer, after each put and each get."""

    capacity: int
    levels: dict[str, tuple[tuple[float, int], ...]]  # who is fast -> (seconds, items)

    title = "Items in the buffer"
    headers = ("speeds", "least", "median", "most")

    def rows(self) -> list[Row]:
        return [
            (name, min(levels), int(median(levels)), max(levels))
            for name, levels in ((name, self.of(name)) for name in self.levels)
        ]

    def of(self, name: str) -> list[int]:
        return [level for _, level in self.levels[name]]

    def plot(self) -> Figure:
        """A panel for each pair of speeds: items in the buffer over time."""
        return ring_buffer_figures.fill_levels(self)


@dataclass(frozen=True, repr=False)
class Shares(Tabular):
    """How many items each of several consumers got, round by round."""

    items: int
    taken: dict[str, tuple[tuple[int, ...], ...]]  # buffer -> a tuple for each round

    headers = ("buffer", "round", "items of each consumer", "together")

    @property
    def title(self) -> str:
        return f"{self.items:,} items and several consumers"

    def rows(self) -> list[Row]:
        return [
            (name, number, ", ".join(map(str, each)), sum(each))
            for name, rounds in self.taken.items()
            for number, each in enumerate(rounds, start=1)
        ]

    def plot(self) -> Figure:
        """A bar for each round, cut into the consumers' shares."""
        return ring_buffer_figures.shares(self)


@dataclass(frozen=True, repr=False)
class Ladder(Tabular):
    """Messages a second, by way, one figure a round."""

    rates: dict[str, tuple[float, ...]]

    headers = ("way", "median", "lower quarter", "upper quarter")

    @property
    def rounds(self) -> int:
        return len(next(iter(self.rates.values())))

    @property
    def title(self) -> str:
        size = ring_buffer_ways.ITEM_SIZE
        return (
            f"Messages of {size} bytes a second, one producer, one consumer, {self.rounds} rounds"
        )

    def rows(self) -> list[Row]:
        rows: list[Row] = []
        for name, rates in self.rates.items():
            low, middle, high = (int(rate) for rate in quartiles(rates))
            rows.append((name, middle, low, high))
        return rows

    def best(self, name: str) -> float:
        """The highest rate of any round: other programs can only make it lower."""
        return max(self.rates[name])

    def plot(self) -> Figure:
        """A bar for each way, on a logarithmic axis."""
        return ring_buffer_figures.ladder(self)


@dataclass(frozen=True, repr=False)
class Concatenation(Tabular):
    """CPU seconds to store a batch: joined first, or item by item. By size, one figure a round."""

    joined: dict[int, tuple[float, ...]]
    one_by_one: dict[int, tuple[float, ...]]

    title = f"Storing {ring_buffer_ways.BATCH} items in shared memory: the cheapest round"
    headers = ("item", "joined us", "one by one us", "joined costs times")

    def rows(self) -> list[Row]:
        return [
            (size_label(size), f"{1e6 * min(self.joined[size]):.1f}",
             f"{1e6 * min(self.one_by_one[size]):.1f}", f"{self.ratio(size):.2f}")
            for size in self.joined
        ]  # fmt: skip

    def ratio(self, size: int) -> float:
        """How many times as dear it is to join first: the cheapest rounds of both."""
        return min(self.joined[size]) / min(self.one_by_one[size])

    def plot(self) -> Figure:
        """Both costs for each size, on logarithmic axes."""
        return ring_buffer_figures.concatenation(self)


@dataclass(frozen=True, repr=False)
class Deaths(Tabular):
    """What the others saw of a death."""

    seen: dict[str, str]

    title = "Killed while the buffer was in use"
    headers = ("who was killed", "what the others saw")

    def rows(self) -> list[Row]:
        return list(self.seen.items())
