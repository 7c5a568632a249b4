"""What the experiments of notebook 5 return: frozen records that print as tables and draw themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from ipclab.experiments.tables import Row, Tabular, quartiles
from ipclab.webserver import Config

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, repr=False)
class TornLooks(Tabular):
    """Looks at a configuration while somebody publishes two others in turn."""

    looks: dict[str, int]  # way -> how many
    mixed: dict[str, int]  # of them, with fields of both
    examples: dict[str, Config | None]

    title = "Looks at a configuration while another process publishes"
    headers = ("stored and read", "looks", "mixtures", "%", "one of them")

    def rows(self) -> list[Row]:
        return [
            (
                way,
                looks,
                self.mixed[way],
                f"{100 * self.mixed[way] / looks:.2g}",
                _fields(self.examples[way]),
            )
            for way, looks in self.looks.items()
        ]


def _fields(config: Config | None) -> str:
    if config is None:
        return "-"
    first, last = chr(config.greeting[0]), chr(config.greeting[-1])
    return f"{config.version}, {config.verbosity}, {config.max_connections}, {first}…{last}"


@dataclass(frozen=True, repr=False)
class TakeUp(Tabular):
    """How long after a publication every worker had it, by what the workers do meanwhile."""

    workers: int
    seconds: dict[
        str, tuple[float, ...]
    ]  # way of waiting -> until the last worker had it, by round
    shares: dict[str, tuple[float, ...]]  # way -> of a processor, for each worker that only waits

    headers = ("a worker", "median µs", "lower quarter", "upper quarter", "worst", "processor %")

    @property
    def rounds(self) -> int:
        return len(next(iter(self.seconds.values())))

    @property
    def title(self) -> str:
        return f"Until {self.workers} workers have a new configuration, {self.rounds} publications"

    def rows(self) -> list[Row]:
        rows: list[Row] = []
        for way, seconds in self.seconds.items():
            low, middle, high = (round(each * 1e6) for each in quartiles(seconds))
            worst = round(max(seconds) * 1e6)
            rows.append((way, middle, low, high, worst, f"{100 * self.share(way):.1f}"))
        return rows

    def share(self, way: str) -> float:
        """Of a processor, that a worker takes while nothing is published: the mean of all."""
        return sum(self.shares[way]) / len(self.shares[way])

    def plot(self) -> Figure:
        """A dot for each publication, a bar at the median, for each way; the price beside it."""
        from ipclab.experiments import live_config_figures

        return live_config_figures.take_up(self)


@dataclass(frozen=True)
class Answer:
    """One request to /config, and what came of it. Seconds from the first one of all."""

    begun: float
    ended: float
    worker: int  # the process that answered; 0: the connection broke first
    version: int
    whole: bool  # its fields belong together
    connection: int  # each client counts its own


@dataclass(frozen=True)
class Publication:
    """One update-config: called, returned, and the version that it published."""

    begun: float
    returned: float
    version: int


@dataclass(frozen=True, repr=False)
class Requests(Tabular):
    """What clients were answered while the configuration changed."""

    publications: tuple[Publication, ...]
    clients: tuple[tuple[Answer, ...], ...]

    headers = ("client", "answers", "versions", "mixtures", "older than before", "too old", "ms")

    @property
    def title(self) -> str:
        return f"Answers while the configuration changes {len(self.publications)} times"

    def rows(self) -> list[Row]:
        return [
            (
                f"client {number}",
                len(seen),
                len({each.version for each in seen}),
                sum(not each.whole for each in seen),
                len(list(_backwards(seen))),
                len(list(self._outdated(seen))),
                f"{1e3 * median(each.ended - each.begun for each in seen):.2f}",
            )
            for number, seen in enumerate(self.clients, 1)
        ]

    @property
    def answers(self) -> list[Answer]:
        """All of them."""
        return [each for seen in self.clients for each in seen]

    @property
    def mixtures(self) -> int:
        """Answers with fields of two configurations."""
        return sum(not each.whole for each in self.answers)

    @property
    def backwards(self) -> int:
        """Answers that are older than one before on the same connection."""
        return sum(len(list(_backwards(seen))) for seen in self.clients)

    @property
    def outdated(self) -> int:
        """Answers to requests that began when update-config had returned, and yet know nothing of it."""
        return sum(len(list(self._outdated(seen))) for seen in self.clients)

    def _outdated(self, seen: tuple[Answer, ...]) -> Iterator[Answer]:
        for each in seen:
            told = [p.version for p in self.publications if p.returned <= each.begun]
            if each.version < max(told, default=0):
                yield each

    def plot(self) -> Figure:
        """Each answer by its time and version, one colour for each worker."""
        from ipclab.experiments import live_config_figures

        return live_config_figures.requests(self)


def _backwards(seen: tuple[Answer, ...]) -> Iterator[Answer]:
    newest: dict[int, int] = {}
    for each in seen:
        if each.version < newest.get(each.connection, 0):
            yield each
        newest[each.connection] = max(each.version, newest.get(each.connection, 0))


@dataclass(frozen=True, repr=False)
class KilledWorker(Tabular):
    """What the clients of a server were answered of which one worker was killed."""

    killed: float  # seconds from the first request
    replaced: float  # when as many workers as before were there again
    victim: int
    successor: int  # the worker that took its place
    version: int  # published when the worker was killed
    workers: tuple[int, ...]  # their process ids before that
    clients: tuple[tuple[Answer, ...], ...]

    title = "Requests to a server of which one worker is killed"
    headers = ("client", "requests", "answered", "mixtures", "connections lost", "longest ms")

    def rows(self) -> list[Row]:
        return [
            (
                f"client {number}",
                len(seen),
                sum(each.worker != 0 for each in seen),
                sum(not each.whole for each in seen),
                sum(each.worker == 0 for each in seen),
                f"{1e3 * max(each.ended - each.begun for each in seen):.1f}",
            )
            for number, seen in enumerate(self.clients, 1)
        ]

    @property
    def answers(self) -> list[Answer]:
        """Of all clients; where the connection broke, there is none."""
        return [each for seen in self.clients for each in seen if each.worker]

    @property
    def lost(self) -> int:
        """Requests whose connection broke before the answer came."""
        return sum(each.worker == 0 for seen in self.clients for each in seen)

    @property
    def mixtures(self) -> int:
        return sum(not each.whole for each in self.answers)

    def of(self, worker: int) -> list[Answer]:
        """The answers of one worker, in the order in which they came."""
        own = (each for each in self.answers if each.worker == worker)
        return sorted(own, key=lambda each: each.ended)

    def plot(self) -> Figure:
        """A row for each worker, a dot for each answer, with the moments of the kill and the replacement."""
        from ipclab.experiments import live_config_figures

        return live_config_figures.killed_worker(self)


@dataclass(frozen=True, repr=False)
class Board(Tabular):
    """The workers of a running server, as show-config tells of them."""

    version: int
    workers: tuple[dict[str, Any], ...]

    headers = ("worker", "version", "requests", "connections", "up to date")

    @property
    def title(self) -> str:
        return f"Version {self.version} is published"

    def rows(self) -> list[Row]:
        return [
            (
                f"worker {number}",
                each["version"],
                each["requests"],
                each["connections"],
                "yes" if each["version"] == self.version else "not yet",
            )
            for number, each in enumerate(self.workers)
        ]
