"""Which would you choose: a pipe, a FIFO, a Unix socket, shared memory? The experiments of notebook 1.

Each function measures in a process of its own and returns a frozen result that prints as a table;
`messages` and `wake_ups` draw themselves, too: `result.plot()`. man 7 pipe, man 7 shm_overview.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from ipclab.experiments import differences_figures, differences_trials, message_trials
from ipclab.experiments.differences_trials import Outcome
from ipclab.experiments.figures import size_label
from ipclab.experiments.measure import measure
from ipclab.experiments.tables import Row, Tabular, quartiles

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["messages", "settled", "wake_ups"]

SIZES = (1, 16, 256, 4096, 1 << 16, 1 << 20)
MECHANISMS = ("pipe", "FIFO", "Unix socket", "shared memory")
SPINNING = "shared memory, spinning"
ROUNDS = 5

Measured = tuple[tuple[str, int, tuple[float, ...]], ...]  # (mechanism, size, figures)


@dataclass(frozen=True, repr=False)
class Settled(Tabular):
    """What a pipe and what shared memory did in each trial."""

    outcomes: dict[str, Outcome]

    title = "A pipe and shared memory, tried"
    headers = ("property", "what was seen")

    def rows(self) -> list[Row]:
        return [(name, outcome.seen) for name, outcome in self.outcomes.items()]


def settled() -> Settled:
    """What can shared memory do that a pipe cannot, and the other way round?"""
    found = measure(differences_trials.settle)
    return Settled({name: Outcome(*outcome) for name, outcome in found.items()})


@dataclass(frozen=True, repr=False)
class Messages(Tabular):
    """Time one way, and bytes a second, by mechanism and by the size of the message."""

    latencies: Measured  # seconds
    rates: Measured  # bytes a second
    copy: float  # seconds to copy 1 KiB in and out of shared memory

    title = "A message from one process to another"
    headers = ("mechanism", "size", "median us", "lower quarter", "upper quarter", "MB/s")

    def rows(self) -> list[Row]:
        rates = {(name, size): median(found) / 1e6 for name, size, found in self.rates}
        return [
            (name, size_label(size), *in_microseconds(times), f"{rates[name, size]:.1f}")
            for name, size, times in self.latencies
        ]

    def shortest(self, name: str, size: int) -> float:
        """The shortest time one way, in seconds."""
        return next(min(times) for each, of, times in self.latencies if (each, of) == (name, size))

    def plot(self) -> Figure:
        """Two panels with logarithmic axes: time one way, and bytes a second."""
        return differences_figures.messages(self)


def messages(sizes: Sequence[int] = SIZES, seconds: float = 0.003) -> Messages:
    """How long does a message take, and how many bytes a second pass? `seconds` a point and round.

    Raises ValueError for sizes of messages that are not between 1 byte and 1 MiB.
    """
    if not all(1 <= size <= message_trials.LARGEST for size in sizes):
        raise ValueError(f"message sizes must be between 1 and {message_trials.LARGEST:,} bytes")
    names = list(MECHANISMS)
    latencies = measure(message_trials.latencies, names, list(sizes), seconds, ROUNDS)
    rates = measure(message_trials.rates, names, list(sizes), seconds, ROUNDS)
    copy = measure(message_trials.copy_time, 1024)
    return Messages(_frozen(latencies), _frozen(rates), copy)


@dataclass(frozen=True, repr=False)
class WakeUps(Tabular):
    """Time one way for one byte, where both processes share a processor and where they do not."""

    times: dict[str, Measured]  # by place: "one core", "two cores"

    title = "One byte, from one process to another"
    headers = ("where", "mechanism", "median us", "lower quarter", "upper quarter")

    def rows(self) -> list[Row]:
        return [
            (place, name, *in_microseconds(times))
            for place, measured in self.times.items()
            for name, _, times in measured
        ]

    def plot(self) -> Figure:
        """Bars for each mechanism, grouped by where the processes ran."""
        return differences_figures.wake_ups(self)


def wake_ups(seconds: float = 0.005) -> WakeUps:
    """What does it cost to wake a sleeper, on the same processor and on another one? man 2 sched_setaffinity."""
    cores = sorted(os.sched_getaffinity(0))
    places = {"one core": (cores[0], cores[0])}
    if len(cores) > 1:
        places["two cores"] = cores[0], cores[1]
    names = [*MECHANISMS, SPINNING]
    return WakeUps(
        {
            place: _frozen(measure(message_trials.on_cores, *which, names, seconds, ROUNDS))
            for place, which in places.items()
        }
    )


def in_microseconds(times: Sequence[float]) -> tuple[str, str, str]:
    """Median, lower and upper quartile."""
    low, middle, high = quartiles(times)
    return f"{middle * 1e6:.1f}", f"{low * 1e6:.1f}", f"{high * 1e6:.1f}"


def _frozen(measured: message_trials.Measured) -> Measured:
    return tuple((name, size, tuple(found)) for name, size, found in measured)
