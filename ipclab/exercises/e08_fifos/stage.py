"""Who plays in a scenario: processes that call the solution, and clients and readers of the harness.

A `Player` is a child that makes one call and tells, through a pipe, what came of it. The scenario's
own process directs: it waits for what it wants to see, opens the FIFO itself as any number of
clients, and never blocks. Everything that it waits for has a time limit, and a player that sleeps
for good is noticed long before.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

from ipclab.sandbox.observe import (
    OWN_DESCRIPTORS,
    cpu_seconds,
    descendants_of,
    fingerprint,
    observe_process,
)

from .playing import GATE_SIGNAL, Outcome, play

LIMIT = 3.0  # seconds for what must happen soon, on a busy machine too
STILL = 0.5  # seconds without a context switch: a process that nobody else disturbs waits for ever
_HOLD_LIMIT = 1.0  # seconds to wait for a player that may have blocked the signal
_LOOK_EVERY = 0.01
_A_LOOP = 0.05  # seconds of processor time without a sleep

# Kept from before any solution is loaded: it may replace what the modules hold.
_write, _read, _monotonic = os.write, os.read, time.monotonic


class Player:
    """A process of its own in which `call(tell)` runs; `tell(line)` counts as a line handled."""

    def __init__(
        self,
        call: Callable[[Callable[[object], None]], object],
        surround: Callable[[], list[Any] | None] = lambda: None,
    ) -> None:
        """`surround` makes the caller's surroundings in it, before they are looked at.

        What is in its list when the call has ended is told as "noticed" (noticing.py).
        """
        self.lines: list[Any] = []
        self.end: Outcome | None = None
        self._rest = b""
        self._status: int | None = None
        self._told, told_fd = _high_pipe()
        self._gate, gate_fd = _high_pipe()
        self._gates_number = gate_fd  # in the player, too
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._told)
            os.close(self._gate)
            play(call, surround, told_fd, gate_fd)
        os.close(told_fd)
        os.close(gate_fd)

    def listen(self, seconds: float) -> None:
        """Take what it tells within this time; return as soon as it tells something."""
        poller = select.poll()
        poller.register(self._told, select.POLLIN)
        if self.has_ended or not poller.poll(seconds * 1000):
            return
        chunk = _read(self._told, 1 << 20)
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        for record in map(json.loads, whole):
            if "handled" in record:
                self.lines.append(bytes.fromhex(record["handled"]))
            elif "odd" in record:
                self.lines.append(record["odd"])
            else:
                self.end = record
        if not chunk:
            self._status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    @property
    def has_ended(self) -> bool:
        return self.end is not None or self._status is not None

    def await_lines(self, count: int) -> bool:
        """Until it has handled so many lines; False when it can't any more, or time is up."""
        return await_all([self], lambda: len(self.lines) >= count)

    def await_end(self, seconds: float = LIMIT) -> bool:
        return await_all([self], lambda: self.has_ended, seconds)

    def settle(self, seconds: float = 1.0) -> None:
        """Until it sleeps, or has ended; one that never sleeps is left to its loop."""
        give_up, last = _monotonic() + seconds, None
        used = cpu_seconds(self.pid)
        while _monotonic() < give_up and not self.has_ended:
            self.listen(_LOOK_EVERY)
            seen = fingerprint([self.pid])
            if (seen is not None and seen == last) or cpu_seconds(self.pid) - used > _A_LOOP:
                return
            last = seen

    def be_patient(self, seconds: float = 1.0) -> dict[str, float]:
        """Leave it alone for so long; how much processor time did it use, how often was it ready?"""
        started, used = _monotonic(), self._cpu()
        looks = running = 0
        while (left := started + seconds - _monotonic()) > 0 and not self.has_ended:
            self.listen(min(left, 0.05))
            found = observe_process(self.pid)
            looks += 1
            running += found is not None and any(t.state == "running" for t in found.threads)
        elapsed = _monotonic() - started
        return {"share": (self._cpu() - used) / elapsed, "running": running / max(looks, 1)}

    def _cpu(self) -> float:
        return sum(map(cpu_seconds, [self.pid, *descendants_of(self.pid)]))

    def hold_after(self, act: Callable[[], object]) -> bool:
        """Let `act` wake it from its sleep, and hold it where that sleep has just ended.

        A signal follows at once whose handler, written in C, waits for us. The kernel delivers it when
        the system call has returned, so the player stands still before whatever it does next. For
        that it must not run before the signal is there: it gets our processor, and may not preempt.
        False when it does not come to that; where it does, `let_go` ends it.
        """
        _fill(self._gate)
        thread, tgkill = self._sleeper(), ctypes.CDLL(None).tgkill
        with _behind_us(thread):
            time.sleep(_LOOK_EVERY / 5)  # the rest of this time slice may be short; the next is not
            act()
            tgkill(self.pid, thread, GATE_SIGNAL)
        give_up = _monotonic() + _HOLD_LIMIT
        while (found := observe_process(self.pid)) and _monotonic() < give_up:
            if any(t.wait and self._gates_number in t.wait.writes for t in found.threads):
                return True
            time.sleep(_LOOK_EVERY / 5)
        return False

    def let_go(self) -> None:
        """Make room in the pipe in which the handler waits, or will wait when its signal comes."""
        os.set_blocking(self._gate, False)
        with contextlib.suppress(BlockingIOError):
            _read(self._gate, fcntl.fcntl(self._gate, fcntl.F_GETPIPE_SZ))

    def stop(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)
        self._await_state("stopped")

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def _await_state(self, state: str) -> None:
        give_up = _monotonic() + LIMIT
        while (found := observe_process(self.pid)) and _monotonic() < give_up:
            if found.state in (state, "zombie", "ended"):
                return
            time.sleep(_LOOK_EVERY / 5)

    def _sleeper(self) -> int:
        """The thread that waits for bytes; the first one when none does."""
        found = observe_process(self.pid)
        waiting = [t.tid for t in found.threads if t.wait and t.wait.reads] if found else []
        return waiting[0] if waiting else self.pid

    def outcome(self) -> Outcome:
        """What is known of it now. If it still runs, it is killed."""
        self.listen(0)
        found: Outcome = {"lines": self.lines, "end": self.end, "died": self._status}
        if not self.has_ended:
            found |= {"state": self._state(), "spins": is_busy(self.be_patient(0.3))}
        if self._status is None:
            for pid in [self.pid] if self.end else [*descendants_of(self.pid), self.pid]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        for fd in (self._told, self._gate):
            if fd != -1:
                os.close(fd)
        return found

    def _state(self) -> str:
        """In which call it waits, and which descriptors of a FIFO it holds meanwhile."""
        found = observe_process(self.pid)
        if found is None:
            return "it has vanished"
        calls = [t.wait.call for t in found.threads if t.wait]
        held = [
            f"descriptor {each.number}, open for {each.access}"
            for each in found.descriptors
            if each.is_pipe and each.target.startswith("/")
        ]
        does = f"waits in {' and '.join(calls)}" if calls else "goes on in a loop"
        return f"it {does} and holds {' and '.join(held) or 'no descriptor'} of a FIFO"


@contextlib.contextmanager
def _behind_us(thread: int) -> Iterator[None]:
    """Meanwhile a thread shares our processor, and waking up it does not take it from us."""
    usual = os.sched_getaffinity(0)
    with contextlib.suppress(OSError):  # where that is forbidden, chance decides
        for each in (0, thread):
            os.sched_setaffinity(each, {min(usual)})
        os.sched_setscheduler(thread, os.SCHED_BATCH, os.sched_param(0))
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            for each in (0, thread):
                os.sched_setaffinity(each, usual)
            os.sched_setscheduler(thread, os.SCHED_OTHER, os.sched_param(0))


def is_busy(seen: dict[str, float]) -> bool:
    """More than a fifth of a processor; on a busy machine it wants that, and may not get it."""
    return seen["share"] > 0.2 or (seen["running"] > 0.8 and seen["share"] > 0.03)


def await_all(players: list[Player], condition: Callable[[], bool], seconds: float = LIMIT) -> bool:
    """Until the condition holds; False when all have ended, sleep for good, or time is up."""
    give_up = _monotonic() + seconds
    last, since = None, _monotonic()
    while not condition():
        now = _monotonic()
        if now > give_up or all(player.has_ended for player in players):
            return condition()
        for player in players:
            player.listen(_LOOK_EVERY / len(players))
        pids = [player.pid for player in players if not player.has_ended]
        seen = fingerprint([*pids, *(each for pid in pids for each in descendants_of(pid))])
        if seen is None or seen != last:
            last, since = seen, now
        elif now - since > STILL:
            if all(map(_sleeps_for_good, pids)):
                return condition()
            since = now
    return True


def _sleeps_for_good(pid: int) -> bool:
    """Whether no clock will wake it. (That nobody else does is seen by waiting.)"""
    found = observe_process(pid)
    return found is not None and all(t.wait and not t.wait.timed for t in found.threads)


def _fill(read_fd: int) -> None:
    """Fill a pipe to the brim, by a write end of our own."""
    fd = os.open(f"/proc/self/fd/{read_fd}", os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    for chunk in (bytes(os.sysconf("SC_PAGE_SIZE")), b"\0"):
        with contextlib.suppress(BlockingIOError):
            while True:
                _write(fd, chunk)
    os.close(fd)


def _high_pipe() -> list[int]:
    """A pipe whose descriptors are out of a solution's sight, and gone in another program."""
    ends = os.pipe()
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, OWN_DESCRIPTORS) for fd in ends]
    for fd in ends:
        os.close(fd)
    return high
