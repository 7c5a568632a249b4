"""What the experiments on pipes return: frozen results that print as tables and draw themselves."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from ipclab.experiments import pipe_figures, transfer_figures
from ipclab.experiments.pipe_model import PAGE_SIZE, slots_when_full
from ipclab.experiments.pipe_transfers import Call
from ipclab.experiments.tables import Row, Tabular

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def landmarks() -> list[int]:
    """The chunk sizes that tell most: one byte, parts of a page, and one byte more than each."""
    parts = [PAGE_SIZE // 3, PAGE_SIZE // 2, PAGE_SIZE, 2 * PAGE_SIZE]
    return [1, *(size for part in parts for size in (part, part + 1))]


@dataclass(frozen=True, repr=False)
class ByChunkSize(Tabular):
    """Bytes that an empty pipe accepted, by the size of the chunks that it was filled with."""

    capacity: int  # bytes, as F_GETPIPE_SZ says
    accepted: dict[int, int]  # chunk size -> bytes, measured
    predicted: dict[int, int]  # chunk size -> bytes, by the kernel's rule

    headers = ("chunk", "accepted", "predicted", "share of capacity")

    @property
    def title(self) -> str:
        return f"Bytes accepted by an empty pipe of {self.capacity:,}"

    def rows(self) -> list[Row]:
        sizes = [size for size in landmarks() if size in self.accepted] or list(self.accepted)
        return [
            (size, self.accepted[size], self.predicted[size], f"{self.share(size):.0%}")
            for size in sizes
        ]

    def share(self, chunk_size: int) -> float:
        """The part of the capacity that chunks of this size could use."""
        return self.accepted[chunk_size] / self.capacity

    def plot(self) -> Figure:
        """Bytes accepted against chunk size: the sawtooth."""
        return pipe_figures.sawtooth(self)

    def plot_slots(self, *chunk_sizes: int) -> Figure:
        """What each slot holds when the pipe is full, one row of slots for each chunk size."""
        sizes = chunk_sizes or (PAGE_SIZE // 2, PAGE_SIZE // 2 + 1, PAGE_SIZE + 1)
        rows = {f"{size:,} B": slots_when_full(size, self.capacity) for size in sizes}
        alt = (
            f"Rows of page-sized slots for chunks of {', '.join(rows)}: a chunk that does not fit "
            "into the last page begins a fresh one and leaves room behind."
        )
        title = "A pipe that refuses more, slot by slot"
        return pipe_figures.slot_rows(rows, self.capacity, title, "chunks of", alt)


@dataclass(frozen=True, repr=False)
class ByRequestedSize(Tabular):
    """What F_SETPIPE_SZ made of each size asked for, on an empty pipe and on one in use."""

    pipe_max_size: int  # bytes, /proc/sys/fs/pipe-max-size
    privileged: bool  # the process held CAP_SYS_RESOURCE, which lifts that limit
    granted: dict[int, int | str]  # size asked for -> capacity, or the name of an errno
    slots_in_use: int
    bytes_in_use: int
    granted_in_use: dict[int, int | str]

    headers = ("asked for", "of a pipe", "granted")

    @property
    def title(self) -> str:
        return "F_SETPIPE_SZ: what you ask for and what you get"

    def rows(self) -> list[Row]:
        in_use = f"with {self.bytes_in_use:,} bytes in {self.slots_in_use} slots"
        sizes = [1, PAGE_SIZE, 5_000, 100_000, self.pipe_max_size, self.pipe_max_size + 1]
        return [
            *((size, "empty", said(self.granted[size])) for size in sizes),
            *((size, in_use, said(granted)) for size, granted in self.granted_in_use.items()),
        ]

    def plot(self) -> Figure:
        """The capacity granted against the size asked for: stairs of powers of two."""
        return pipe_figures.requested(self)


def said(granted: int | str) -> str:
    """The kernel's answer as it stands in a table."""
    return f"{granted:,}" if isinstance(granted, int) else f"refused: {granted}"


@dataclass(frozen=True, repr=False)
class ByPagesHeld(Tabular):
    """How large a new pipe was, while one user's pipes held more and more pages."""

    soft_limit: int  # pages, /proc/sys/fs/pipe-user-pages-soft; 0: none
    points: tuple[tuple[int, int], ...]  # pages held before, capacity of the new pipe

    headers = ("pages held", "capacity of a new pipe")

    @property
    def title(self) -> str:
        return f"New pipes of a user who may hold {self.soft_limit:,} pages"

    def rows(self) -> list[Row]:
        return [self.points[0], *self.points[-2:]]

    def plot(self) -> Figure:
        """The capacity of a new pipe against the pages held."""
        return pipe_figures.crowded(self)


@dataclass(frozen=True, repr=False)
class PacketMode(Tabular):
    """What a pipe in packet mode accepted (O_DIRECT), beside an ordinary one."""

    capacity: int
    packets: dict[int, int]  # size of a packet -> bytes accepted in packet mode
    stream: dict[int, int]  # size of a chunk -> bytes accepted by an ordinary pipe

    headers = ("size", "packets", "bytes in packets", "bytes in a stream")

    @property
    def title(self) -> str:
        return f"One write, one slot: packet mode in a pipe of {self.capacity:,}"

    def rows(self) -> list[Row]:
        sizes = [1, 2, PAGE_SIZE // 4, PAGE_SIZE // 2, PAGE_SIZE]
        return [(size, self.count(size), self.packets[size], self.stream[size]) for size in sizes]

    def count(self, size: int) -> int:
        """How many packets of this size the pipe took."""
        return self.packets[size] // size

    def plot(self) -> Figure:
        """Bytes accepted against packet size, beside the same writes into an ordinary pipe."""
        return pipe_figures.packets(self)


@dataclass(frozen=True, repr=False)
class Readiness(Tabular):
    """Bytes that went into a pipe one at a time, under each rule for stopping."""

    capacity: int
    accepted: dict[str, int]  # "poll", "select", "write": the call that said no -> bytes
    freed: int  # bytes read from the full pipe until poll called it writable again

    headers = ("who says no", "accepted", "still free")

    @property
    def title(self) -> str:
        return f"One byte at a time into a pipe of {self.capacity:,}"

    def rows(self) -> list[Row]:
        return [(rule, count, self.capacity - count) for rule, count in self.accepted.items()]

    def plot(self) -> Figure:
        """What each slot holds when poll, select and write say no."""
        rows = {rule: slots_of(count) for rule, count in self.accepted.items()}
        alt = (
            "Three rows of page-sized slots: poll and select say no as soon as the last slot "
            "is begun, write only when that slot is full."
        )
        title = "When is a pipe “not writable”?"
        return pipe_figures.slot_rows(rows, self.capacity, title, "who says no", alt)


def slots_of(count: int) -> list[int]:
    """What each slot holds after `count` single bytes: full pages, then the rest."""
    pages, rest = divmod(count, PAGE_SIZE)
    return [PAGE_SIZE] * pages + [rest] * bool(rest)


@dataclass(frozen=True, repr=False)
class Staircase(Tabular):
    """How far a fast writer and a slow reader had got, call by call."""

    capacity: int
    chunk_size: int  # bytes of each write, and of each read at the slow pace
    pace: float  # seconds from one read to the next
    writes: tuple[Call, ...]
    reads: tuple[Call, ...]

    headers = ("who", "bytes in all", "bytes a call", "rest between")

    @property
    def title(self) -> str:
        return f"A fast writer and a slow reader on a pipe of {self.capacity:,}"

    def rows(self) -> list[Row]:
        return [
            ("writer", self.writes[-1][2], self.chunk_size, "none"),
            ("reader", self.reads[-1][2], self.chunk_size, f"{self.pace * 1000:.0f} ms"),
        ]

    def lead(self) -> int:
        """The farthest that the writer was ahead, in bytes, after any of its writes.

        A read counts from its beginning: it may free a slot before it returns to tell the time.
        """
        return max(
            written - max((read for began, _, read in self.reads if began <= returned), default=0)
            for _, returned, written in self.writes
        )

    def plot(self) -> Figure:
        """Bytes written and read over time; the writer's long waits are shaded."""
        return transfer_figures.staircase(self)


@dataclass(frozen=True, repr=False)
class Throughput(Tabular):
    """Bytes a second through a pipe, for each round, by capacity and chunk size."""

    rounds: int
    seconds: float  # how long each measurement moved bytes
    rates: list[tuple[int, int, list[float]]]  # capacity, chunk size, one rate a round

    headers = ("capacity", "chunk", "median MB/s", "lowest", "highest")

    @property
    def title(self) -> str:
        return f"Throughput of a pipe: n = {self.rounds} rounds of {self.seconds * 1000:g} ms each"

    def rows(self) -> list[Row]:
        return [
            (capacity, chunk_size, *(round(rate / 1e6) for rate in spread(rates)))
            for capacity, chunk_size, rates in self.rates
        ]

    def capacities(self) -> list[int]:
        """The capacities that were tried, in bytes, smallest first."""
        return sorted({capacity for capacity, _, _ in self.rates})

    def plot(self) -> Figure:
        """Throughput against chunk size, one line for each capacity."""
        return transfer_figures.throughput(self)


def spread(values: list[float]) -> tuple[float, float, float]:
    """Median, lowest and highest."""
    return median(values), min(values), max(values)
