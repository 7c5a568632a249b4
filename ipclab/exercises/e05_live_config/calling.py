"""What happens in the sandbox when watch is called in this process, and things happen at chosen moments."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import posix_ipc

from ipclab.ipc.processes import reap, spawn
from ipclab.webserver import Config

from .stage import LOCK, Shared, has_ended, plain, shared
from .watching import LONG, PATIENCE

LASTS = 0.15  # seconds that an on_change takes once: more than any pause of a watcher
MOMENTS = 4  # releases of the lock after a change, at each of which another one comes


class Raised(Exception):
    """What an on_change of the check raises."""


class Publisher:
    """Publishes at once, or as soon as the lock is free, if who asks should_stop has it."""

    def __init__(self, functions: SimpleNamespace, stage: Shared) -> None:
        self._publish, self._stage = functions.publish, stage
        self._waiting: list[int] = []

    def publish(self, fields: list[Any]) -> None:
        if _is_free(self._stage.lock):
            self._publish(*self._stage, Config(*fields))
        else:
            self._waiting.append(spawn(self._publish, *self._stage, Config(*fields)))

    def end(self) -> None:
        for pid in self._waiting:
            if not has_ended(pid):  # the lock was never released
                os.kill(pid, signal.SIGKILL)
            reap(pid)


def raising(functions: SimpleNamespace, before: list[Any], after: list[Any]) -> dict[str, Any]:
    """on_change raises: does that reach the caller of watch, and is the lock free then?"""

    def on_change(config: Any) -> None:
        raise Raised

    with shared(Config(*before)) as stage:
        seen = _call(functions, stage, on_change, [after])
        return {**seen, "lock": int(stage.lock.value)}


def from_within(
    functions: SimpleNamespace, before: list[Any], first: list[Any], second: list[Any]
) -> dict[str, Any]:
    """on_change takes the lock itself, looks, publishes the next configuration, and takes its time."""
    seen: dict[str, Any] = {"free": None, "reports": []}

    def on_change(config: Any) -> None:
        seen["reports"] = [*seen["reports"], plain(config)][-10:]
        if seen["free"] is None:
            seen["free"] = _is_free(stage.lock)
            if seen["free"]:
                functions.publish(*stage, Config(*second))
            time.sleep(LASTS)
        seen["done"] = plain(config) == second

    with shared(Config(*before)) as stage:
        ended = _call(functions, stage, on_change, [first], lambda: bool(seen.get("done")))
        return {**seen, **ended, "lock": int(stage.lock.value)}


def _is_free(lock: posix_ipc.Semaphore) -> bool:
    try:
        posix_ipc.Semaphore.acquire(lock, 0.3)
    except posix_ipc.BusyError:
        return False
    posix_ipc.Semaphore.release(lock)
    return True


def at_once(functions: SimpleNamespace, before: list[Any]) -> dict[str, Any]:
    """should_stop is true from the beginning."""
    with shared(Config(*before)) as stage:
        return {
            **_call(functions, stage, lambda config: None, [], lambda: True),
            "lock": int(stage.lock.value),
        }


def _call(
    functions: SimpleNamespace,
    stage: Shared,
    on_change: Any,
    published: list[list[Any]],
    enough: Any = lambda: False,
) -> dict[str, Any]:
    """watch in this process: `published` follow at its first question; it shall end then when `enough`."""
    asked, waited, raised = [time.monotonic()], 0.0, None
    publisher = Publisher(functions, stage)

    def should_stop() -> bool:
        nonlocal waited
        if len(asked) == 1:
            for fields in published:
                publisher.publish(fields)
        asked.append(time.monotonic())
        # Of a question that comes late most of the time may be the machine's.
        waited += min(asked[-1] - asked[-2], LONG)
        return enough() or waited > PATIENCE

    try:
        functions.watch(*stage, on_change, should_stop)
    except Raised:
        raised = "Raised"
    except Exception as error:
        raised = f"{type(error).__name__}: {error}"[:200]
    finally:
        publisher.end()
    return {"raised": raised, "asked": len(asked) - 1}


class Interrupted(posix_ipc.Semaphore):  # type: ignore[misc]
    """The same lock, but somebody else acts right after it was released for the n-th time."""

    countdown = 0
    act: Callable[[], None]

    def release(self) -> None:
        super().release()
        self.countdown -= 1
        if self.countdown == 0:
            self.act()

    def __exit__(self, *_: object) -> None:
        self.release()


def moments(functions: SimpleNamespace, before: list[Any]) -> dict[str, Any]:
    """The version changes, and once more when the watcher has released the lock for the first time, the second, …

    {"missed": after how many releases a change came that was never reported; 0: all were}
    """
    reports: list[Any] = []
    with shared(Config(*before)) as stage:
        lock = Interrupted(LOCK)
        watched = Shared(stage.memory, lock)
        plan = _Plan(functions, stage, lock, before[0])

        def should_stop() -> bool:
            return plan.goes_on(reports)

        functions.watch(*watched, lambda config: reports.append(plain(config)), should_stop)
        plan.publisher.end()
        del lock.act  # or the two of them keep the memory open
        return {"missed": plan.missed}


class _Plan:
    """Two changes for each moment, one after the other."""

    def __init__(
        self, functions: SimpleNamespace, stage: Shared, lock: Interrupted, version: int
    ) -> None:
        self.publisher, self.lock, self.version = Publisher(functions, stage), lock, version
        self.moment = self.missed = 0
        self.last = time.monotonic()
        self.waited = 0.0
        lock.act = self._publish

    def _publish(self) -> None:
        self.version += 1
        self.publisher.publish([self.version, self.moment, 1, b"at a moment"])

    def goes_on(self, reports: list[Any]) -> bool:
        """Asked by the watcher: is all over, or something missed?"""
        now = time.monotonic()
        self.waited += min(now - self.last, LONG)
        self.last = now
        reported = bool(reports) and reports[-1][0] == self.version
        if self.moment == 0 or (reported and self.lock.countdown <= 0):
            self.moment += 1
            self.waited = 0.0
            if self.moment > MOMENTS or not _is_free(self.lock):
                return True  # who asks with the lock has no such moment
            self._publish()
            self.lock.countdown = self.moment
        elif self.waited > PATIENCE:
            # Where the lock was never released, no such moment came.
            self.missed = self.moment if self.lock.countdown <= 0 else 0
            return True
        return False
