"""When is a cached value a lie? The experiments of notebook 4.

Each function runs its measurement in processes apart from the notebook, with the cache, the store and the
server of `ipclab.database`, and returns a frozen result that prints as a table and draws itself:
`result.plot()`. `orders` returns what the explorer found. man 7 shm_overview, man 7 sem_overview.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from ipclab.experiments.measure import measure
from ipclab.experiments.tables import Row, Tabular

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ipclab.explorer.results import Exploration

__all__ = ["killed_worker", "orders", "slow_miss", "working_sets"]

SLOTS = 512
SIZES = (64, 256, 512, 1_024, 2_048)
GETS = 300  # in a round
LEAST = 7  # rounds, however slow the machine is


def orders(get: Callable[..., Any], set: Callable[..., Any]) -> Exploration:
    """Can `get(cache, store, key)` and `set(cache, store, key, value)`, side by side, leave an old value behind?

    All orders of their steps with at most two preemptions: first the store holds the old value, and the cache
    nothing. Raises TypeError for a function whose source can't be found, ExplorerError when it can't be explored.
    """
    from ipclab.experiments import database_schedules
    from ipclab.explorer.functions import texts_of
    from ipclab.explorer.results import Exploration, ExplorerError, failure_from

    data = measure(database_schedules.search, get, set, texts_of([get, set]))
    if "unmodelled" in data:
        raise ExplorerError(data["unmodelled"])
    failure = failure_from(data["failure"]) if data["failure"] else None
    return Exploration(
        failure, data["schedules"], data["complete"], data["max_preemptions"], data["seconds"],
        size="a get and a set",
    )  # fmt: skip


@dataclass(frozen=True, repr=False)
class WorkingSets(Tabular):
    """Gets at random among few keys or many, through the cache and without it."""

    slots: int  # values that the cache has room for
    gets: int  # in a round
    hits: dict[int, float]  # number of keys -> share of the gets
    cached: dict[int, tuple[float, ...]]  # number of keys -> seconds for one get, by round
    direct: dict[int, tuple[float, ...]]

    headers = ("keys", "hit rate %", "cached µs", "fastest", "SQLite µs", "fastest")

    @property
    def rounds(self) -> int:
        return len(next(iter(self.cached.values())))

    @property
    def title(self) -> str:
        return f"One get, with a cache of {self.slots} values and without: medians of {self.rounds} rounds"

    def rows(self) -> list[Row]:
        return [
            (
                keys,
                f"{100 * self.hits[keys]:.0f}",
                *(
                    f"{function(seconds[keys]) * 1e6:.1f}"
                    for seconds in (self.cached, self.direct)
                    for function in (median, min)
                ),
            )
            for keys in self.hits
        ]

    def gain(self, keys: int) -> float:
        """How many times faster a get is with the cache, the fastest rounds compared: other programs only slow."""
        return min(self.direct[keys]) / min(self.cached[keys])

    def plot(self) -> Figure:
        """The hit rate above, the time of a get below, by the number of keys."""
        from ipclab.experiments import database_figures

        return database_figures.working_sets(self)


def working_sets(
    sizes: Sequence[int] = SIZES, slots: int = SLOTS, seconds: float = 0.4
) -> WorkingSets:
    """How much does a cache of `slots` values save when `sizes` keys are in use, each as often as any other?

    In seven rounds and as many more as begin within `seconds`; each visits every size both ways.
    """
    from ipclab.experiments import database_trials

    found = measure(database_trials.working_sets, slots, list(sizes), GETS, LEAST, seconds)
    return WorkingSets(
        slots,
        GETS,
        {keys: hits / gets for keys, hits, gets, _, _ in found},
        {keys: tuple(cached) for keys, _, _, cached, _ in found},
        {keys: tuple(direct) for keys, _, _, _, direct in found},
    )


@dataclass(frozen=True)
class Get:
    """One get of the worker that did not have to ask the slow store. Seconds."""

    hit: bool
    begun: float
    ended: float


@dataclass(frozen=True, repr=False)
class SlowMiss(Tabular):
    """The gets of one worker while another one waits for the store, by what keeps order between them."""

    released: dict[str, float]  # way -> when the slow answer came; seconds from the first get
    gets: dict[str, tuple[Get, ...]]

    headers = (
        "order is kept by",
        "hits meanwhile",
        "misses meanwhile",
        "longest hit ms",
        "miss ms",
    )

    @property
    def each(self) -> int:
        """Hits, and as many misses."""
        return sum(get.hit for get in next(iter(self.gets.values())))

    @property
    def title(self) -> str:
        return (
            f"{self.each} hits, then {self.each} misses, while another worker's miss takes its time"
        )

    def rows(self) -> list[Row]:
        return [
            (
                way,
                self.meanwhile(way, hit=True),
                self.meanwhile(way, hit=False),
                f"{1e3 * self.longest(way, hit=True):.1f}",
                f"{1e3 * self.longest(way, hit=False):.1f}",
            )
            for way in self.gets
        ]

    def meanwhile(self, way: str, hit: bool) -> int:
        """How many hits, or misses, were answered before the slow one."""
        return sum(get.hit == hit and get.ended < self.released[way] for get in self.gets[way])

    def longest(self, way: str, hit: bool) -> float:
        return max(get.ended - get.begun for get in self.gets[way] if get.hit == hit)

    def plot(self) -> Figure:
        """A panel for each way: the time of each get, and when the slow answer came."""
        from ipclab.experiments import database_figures

        return database_figures.slow_miss(self)


def slow_miss(gets: int = 100) -> SlowMiss:
    """Who has to wait while one worker waits for the store? Three ways of keeping order, the same requests.

    The slow answer is held back until the other worker is done, or stands waiting for a lock.
    """
    from ipclab.experiments import database_waiting

    released, seen = {}, {}
    for way in database_waiting.WAYS:
        released[way], answers = measure(database_waiting.slow_miss, way, gets)
        seen[way] = tuple(Get(*each) for each in answers)
    return SlowMiss(released, seen)


@dataclass(frozen=True)
class Request:
    """One request of a client. Seconds from the first one of all."""

    kind: str  # get or set
    outcome: str  # right, wrong or unknown
    begun: float
    ended: float


@dataclass(frozen=True, repr=False)
class KilledWorker(Tabular):
    """What the clients of a server met, one of whose workers was killed."""

    killed: float  # seconds from the first request
    replaced: float  # when all workers were there again
    workers: tuple[tuple[int, ...], tuple[int, ...]]  # their process ids, before and in the end
    clients: tuple[tuple[Request, ...], ...]

    title = "Requests to a server of which one worker is killed"
    headers = ("client", "requests", "right", "wrong", "outcome unknown", "longest ms")

    def rows(self) -> list[Row]:
        return [
            (
                f"client {number}",
                len(seen),
                *(
                    sum(each.outcome == how for each in seen)
                    for how in ("right", "wrong", "unknown")
                ),
                f"{1e3 * max(each.ended - each.begun for each in seen):.1f}",
            )
            for number, seen in enumerate(self.clients, 1)
        ]

    def count(self, outcome: str) -> int:
        """How many requests of all clients ended so: right, wrong or unknown."""
        return sum(each.outcome == outcome for seen in self.clients for each in seen)

    def plot(self) -> Figure:
        """Every request by the time it took, with the moment of the kill and that of the replacement."""
        from ipclab.experiments import database_figures

        return database_figures.killed_worker(self)


def killed_worker(requests: int = 800, functions: str | os.PathLike[str] = "") -> KilledWorker:
    """A worker of the server is killed (SIGKILL) under load: what do its clients notice?

    Three clients set and get. The kill comes after so many `requests`, and as many more follow the replacement.
    `functions`: a file or notebook with get_with_cache and set_with_cache for the server to use (--with).
    """
    from ipclab.experiments import database_killing

    options = ["--with", os.path.abspath(functions)] if functions else []
    seen = measure(database_killing.kill_a_worker, requests, requests, options)
    words = {"r": "right", "w": "wrong", "u": "unknown"}
    clients = tuple(
        tuple(
            Request("set" if is_set else "get", words[how], begun, ended)
            for is_set, how, begun, ended in requests_of_one
        )
        for requests_of_one in seen["clients"]
    )
    before, last = (tuple(pids) for pids in seen["workers"])
    return KilledWorker(seen["killed"], seen["replaced"], (before, last), clients)
