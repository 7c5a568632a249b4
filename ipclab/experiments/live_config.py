"""How does a running worker notice? The experiments of notebook 5.

Each function runs its measurement in processes apart from the notebook and returns a frozen result that
prints as a table and draws itself: `result.plot()`. `WebServer` is the real server, started as a child of the
notebook. man 7 shm_overview, man 7 signal.
"""

from __future__ import annotations

from typing import Any

from ipclab.experiments import live_config_clients, live_config_trials
from ipclab.experiments.live_config_results import (
    Answer,
    Board,
    KilledWorker,
    Publication,
    Requests,
    TakeUp,
    TornLooks,
)
from ipclab.experiments.live_config_server import WebServer
from ipclab.experiments.measure import measure
from ipclab.webserver import Config

__all__ = [
    "WebServer",
    "board",
    "dashboard",
    "killed_worker",
    "requests_while_changing",
    "take_up",
    "torn_looks",
]

WORKERS = 2
CLIENTS = 3


def torn_looks(seconds: float = 0.15) -> TornLooks:
    """How often does a reader get fields of two configurations? In three ways of storing and reading.

    Each for `seconds`; field by field for longer, up to ten seconds, until there is one.
    """
    found = measure(live_config_trials.torn_looks, seconds)
    return TornLooks(
        {way: looks for way, looks, _, _ in found},
        {way: mixed for way, _, mixed, _ in found},
        {way: Config(*example) if example else None for way, _, _, example in found},
    )


def take_up(workers: int = WORKERS, rounds: int = 30, quiet: float = 0.08) -> TakeUp:
    """How soon do all `workers` have a new configuration, in four ways of waiting for it?

    Then nothing is published for `quiet` seconds: what does the waiting take of a processor?
    """
    found = measure(live_config_trials.take_up, workers, rounds, quiet)
    return TakeUp(
        workers,
        {way: tuple(each / 1e9 for each in delays) for way, delays, _ in found},
        {way: tuple(shares) for way, _, shares in found},
    )


def requests_while_changing(server: WebServer, changes: int = 8, pause: float = 0.03) -> Requests:
    """What do clients of this server get while `ipclab webserver update-config` is called again and again?

    Three clients, each on one connection; `pause` seconds between two `changes`.
    """
    found = live_config_clients.apart(
        live_config_clients.changes, server.port, changes, pause, CLIENTS
    )
    start = min(begun for seen in found["answers"] for begun, *_ in seen)
    return Requests(
        tuple(Publication(a - start, b - start, version) for a, b, version in found["published"]),
        _answers(found["answers"], start),
    )


def _answers(answers: list[list[list[Any]]], start: float) -> tuple[tuple[Answer, ...], ...]:
    return tuple(
        tuple(Answer(begun - start, ended - start, *rest) for begun, ended, *rest in seen)
        for seen in answers
    )


def killed_worker(server: WebServer, seconds: float = 0.2) -> KilledWorker:
    """A worker of this server is killed (SIGKILL) under load: what do its clients notice?

    Three clients, each with a new connection every 20 requests, for so many `seconds` before the kill and after
    the replacement.
    """
    found = live_config_clients.apart(
        live_config_clients.kill_a_worker, server.port, CLIENTS, seconds
    )
    start = min(begun for seen in found["answers"] for begun, *_ in seen)
    return KilledWorker(
        found["killed"] - start,
        found["replaced"] - start,
        found["victim"],
        found["successor"],
        found["version"],
        tuple(found["workers"]),
        _answers(found["answers"], start),
    )


def board(server: WebServer) -> Board:
    """Which version does each worker have, and what has it done so far?"""
    shown = server.show_config()
    return Board(shown["version"], tuple(shown["workers"]))


def dashboard(server: WebServer) -> Any:
    """The same, live: a form that publishes, and below it the board, which it brings up to date."""
    from ipclab.experiments import live_config_board

    return live_config_board.dashboard(server)
