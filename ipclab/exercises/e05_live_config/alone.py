"""What happens in the sandbox when publish and snapshot are called: alone, with a lock that is held, in a crowd."""

from __future__ import annotations

import os
import signal
from functools import partial
from types import SimpleNamespace
from typing import Any

from ipclab.ipc.pipes import Pipe, read_exactly, read_until_eof, write_all
from ipclab.ipc.processes import reap, spawn
from ipclab.sandbox.effort import Effort
from ipclab.webserver import CONFIG, Config

from .stage import Clock, Shared, has_ended, plain, shared, state

FULL = Config((1 << 64) - 1, (1 << 32) - 1, (1 << 32) - 1, b"\xff" * 64)  # no byte of it is 0
PATIENCE = 2.0  # seconds of the own clock for a call that has all it needs


def snapshots(functions: SimpleNamespace, configs: list[list[Any]]) -> list[dict[str, Any]]:
    """A snapshot of each configuration, in memory of its own."""
    seen = []
    for number, fields in enumerate(configs):
        with shared(Config(*fields), CONFIG.size + number % 2 * 48) as stage:
            memory, rest = stage.memory[: CONFIG.size], stage.rest
            call = _attempt(functions.snapshot, stage)
            seen.append({**call, **state(stage, rest), "before": memory})
    return seen


def publications(
    functions: SimpleNamespace, configs: list[list[Any]], room: int
) -> list[dict[str, Any]]:
    """Each configuration published over one whose every bit is set, with `room` bytes behind it."""
    seen = []
    for fields in configs:
        with shared(FULL, CONFIG.size + room) as stage:
            rest = stage.rest
            call = _attempt(functions.publish, stage, Config(*fields))
            seen.append({**call, **state(stage, rest)})
    return seen


def by_turns(functions: SimpleNamespace, configs: list[list[Any]]) -> list[dict[str, Any]]:
    """Published and looked at by turns in one process and one memory; the answers."""
    seen = []
    with shared(FULL) as stage:
        for fields in configs:
            functions.publish(*stage, Config(*fields))
            seen.append(_attempt(functions.snapshot, stage))
        # And once by somebody else.
        reap(spawn(functions.publish, *stage, FULL))
        seen.append(_attempt(functions.snapshot, stage))
    return seen


def _attempt(function: Any, stage: Shared, *arguments: Any) -> dict[str, Any]:
    """What a call returned, or what it raised."""
    try:
        value = plain(function(*stage, *arguments))
    except BaseException as error:  # the lock matters then more than ever
        return {"raised": f"{type(error).__name__}: {error}"[:200], "value": ""}
    return {"raised": None, "value": value}


def wait_for_lock(functions: SimpleNamespace, fields: list[Any], seconds: float) -> dict[str, Any]:
    """The lock is held while somebody publishes and somebody looks: what does their waiting cost?"""
    config = Config(*fields)
    with shared(FULL) as stage, Pipe() as ready:
        stage.lock.acquire()
        calls = {"publish": (config,), "snapshot": ()}
        pids = {
            name: spawn(_say_and_call, ready, getattr(functions, name), *stage, *arguments)
            for name, arguments in calls.items()
        }
        read_exactly(ready.read_end.fd, len(pids))
        clock = Clock()
        used = {name: Effort.of(pid) for name, pid in pids.items()}
        clock.until(lambda: False, seconds)
        shares = {name: used[name].share(Effort.of(pid)) for name, pid in pids.items()}
        stage.lock.release()
        late = [
            name for name, pid in pids.items() if not clock.until(partial(has_ended, pid), PATIENCE)
        ]
        for name in late:
            os.kill(pids[name], signal.SIGKILL)
        statuses = {name: reap(pid) for name, pid in pids.items()}
        return {
            "shares": shares,
            "late": late,
            "statuses": statuses,
            "stored": stage.memory[: CONFIG.size] == CONFIG.pack(*config),
            "lock": int(stage.lock.value),
        }


def _say_and_call(ready: Pipe, function: Any, *arguments: Any) -> None:
    write_all(ready.write_end.fd, b"!")
    function(*arguments)


def crowd(functions: SimpleNamespace, configs: list[list[Any]], times: int) -> dict[str, Any]:
    """Several publishers of one configuration each, a reader beside them; what it saw, and what is left."""
    with shared(Config(*configs[0])) as stage, Pipe() as gate:
        started = [
            spawn(_publish_often, gate, functions.publish, stage, Config(*fields), times)
            for fields in configs
        ]
        gate.write_end.close()
        torn: Any = None
        looks = 0
        while not all(map(has_ended, started)) and torn is None:
            seen = plain(functions.snapshot(*stage))
            looks += 1
            torn = None if seen in configs else seen
        statuses = [reap(pid) for pid in started]
        left = [CONFIG.pack(*fields) for fields in configs]
        return {
            "torn": torn,
            "looks": looks,
            "statuses": statuses,
            "whole": stage.memory[: CONFIG.size] in left,
        }


def _publish_often(gate: Pipe, publish: Any, stage: Shared, config: Config, times: int) -> None:
    gate.write_end.close()
    read_until_eof(gate.read_end.fd)
    for _ in range(times):
        publish(*stage, config)
