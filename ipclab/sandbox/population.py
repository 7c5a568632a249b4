"""All processes of one run: which they are, what they are called, whether they are too many; their end."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from .containment import MEMORY_LIMIT, POPULATION_LIMIT, Containment
from .events import PROCESS_STARTED, TIMER, Told, parse
from .family import name_processes
from .observe import (
    Observed,
    descendants_of,
    fingerprint,
    numbers_in,
    resident_bytes,
    share_of_memory,
)
from .results import Event, Leak, Process

_MOMENT = 0.1  # seconds for a child that is about to end when the function returns
_LAST_WORDS = 2.0  # seconds for processes to be gone once they were killed


class Population:
    """The supervisor's descendants; in a PID namespace everybody else there."""

    def __init__(self, first: int, mode: Containment) -> None:
        self.first, self._mode = first, mode
        self._first_pidfd = os.pidfd_open(first)
        self.exit_status: int | None = None  # of the first process
        self.tracer: int | None = None  # a process of ours: none of the run's

    def pids(self) -> list[int]:
        """The run's processes, zombies included, oldest first."""
        found = (
            numbers_in("/proc")
            if self._mode.has_namespaces
            else sorted(descendants_of(os.getpid()))
        )
        return [pid for pid in found if pid not in (os.getpid(), self.tracer)]

    def overrun(self, pids: Iterable[int]) -> str | None:
        """Which limit the run has passed, in words."""
        pids = list(pids)
        if len(pids) > POPULATION_LIMIT:
            return f"it started more than {POPULATION_LIMIT} processes"
        # Forked processes share most of their pages; to count them exactly takes longer.
        if (
            sum(map(resident_bytes, pids)) > MEMORY_LIMIT
            and sum(map(share_of_memory, pids)) > MEMORY_LIMIT
        ):
            return f"its processes used more than {MEMORY_LIMIT >> 30} GiB of memory"
        return None

    def fileno(self) -> int:
        """Readable once the first process has ended."""
        return self._first_pidfd

    def await_first(self) -> int | None:
        """The first process's exit status once it has ended; None when it does not."""
        self._reap(time.monotonic() + _LAST_WORDS, [self._first_pidfd])
        return self.exit_status

    def settle(self) -> None:
        """Give children that are about to end the moment that they need."""
        others = list(_open_pidfds(pid for pid in self.pids() if pid != self.first))
        _await_ends(others, time.monotonic() + _MOMENT)
        for pidfd in others:
            os.close(pidfd)

    def end(self, spared: Collection[int]) -> list[Leak]:
        """End and reap all processes; those `spared` go on if nobody else is left.

        Returns what was left that had not been there when the function returned.
        """
        if spared and set(self.pids()) == set(spared):
            return []
        self.kill()
        return (
            [Leak("process", "a process was started after the function had returned")]
            if spared
            else []
        )

    def kill(self) -> None:
        """End and reap every process, also those that are forked meanwhile."""
        give_up = time.monotonic() + _LAST_WORDS
        while (pids := self.pids()) and time.monotonic() < give_up:
            pidfds = list(_open_pidfds(pids))
            if self._mode.has_namespaces:
                _kill(-1)  # all others of the namespace at one instant: nobody can fork in between
            for pid in pids:
                _kill(pid)
            self._reap(give_up, pidfds)
            for pidfd in pidfds:
                os.close(pidfd)

    def _reap(self, give_up: float, pidfds: Iterable[int]) -> None:
        """Wait until the processes behind `pidfds` have ended, and reap what is ours to reap."""
        _await_ends(pidfds, give_up)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self.first:
                self.exit_status = os.waitstatus_to_exitcode(status)


def _await_ends(pidfds: Iterable[int], give_up: float) -> None:
    for pidfd in pidfds:
        poller = select.poll()
        poller.register(pidfd, select.POLLIN)
        poller.poll(max(0.0, give_up - time.monotonic()) * 1000)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _open_pidfds(pids: Iterable[int]) -> Iterable[int]:
    for pid in pids:
        try:
            yield os.pidfd_open(pid)
        except ProcessLookupError:
            continue


class Stillness:
    """Has nothing in the run moved for a while?"""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last: tuple[object, ...] | None = None
        self._since = 0.0

    def reached(self, pids: Iterable[int]) -> bool:
        """True, once, when no thread has been switched for `seconds`; to be asked again and again."""
        seen = fingerprint(pids)
        if seen is None or seen != self._last:
            self._last, self._since = seen, time.monotonic()
            return False
        if time.monotonic() - self._since < self._seconds:
            return False
        self._since = float("inf")
        return True


class Chronicle(NamedTuple):
    """What the processes told of themselves, and who forked whom."""

    events: tuple[Told, ...]
    names: dict[int, str]

    @classmethod
    def read(
        cls,
        lines: bytes,
        first: int,
        observed: Iterable[Observed],
        forks: Mapping[int, int] | None = None,
    ) -> Chronicle:
        """`forks`: what a trace knows of them, child -> parent; also those that Python had no part in."""
        told = tuple(parse(lines))
        parents = dict(forks or {}) | {
            event.pid: int(event.detail)
            for event in told
            if event.name == PROCESS_STARTED and event.detail.isdecimal()
        }
        for process in observed:
            parents.setdefault(process.pid, process.parent)
        return cls(told, name_processes(first, parents))

    @property
    def has_timers(self) -> bool:
        return any(event.name == TIMER for event in self.events)

    def visible_events(self) -> tuple[Event, ...]:
        return tuple(
            Event(self.names.get(event.pid, "a process"), event.name, event.detail, event.caller)
            for event in self.events
            if event.name != PROCESS_STARTED
        )

    def family(self, observed: Iterable[Observed]) -> tuple[Process, ...]:
        """A record of every process that was ever heard of; most have ended by now."""
        present = {process.pid: process for process in observed}
        return tuple(
            Process(name, pid, now.parent, now.command, now.state, now.descriptors)
            if (now := present.get(pid))
            else Process(name, pid, 0, "", "ended")
            for pid, name in self.names.items()
        )
