"""What happens in the sandbox when watch is checked: watchers in processes of their own, and who looks at them."""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import signal
import time
from types import SimpleNamespace
from typing import Any

from ipclab.ipc.pipes import Pipe, read_exactly, write_all
from ipclab.ipc.processes import reap, spawn
from ipclab.sandbox.effort import Effort
from ipclab.webserver import Config

from .stage import Clock, Shared, has_ended, plain, shared

LONG = 0.135  # seconds: 100 ms, and what a busy machine may add to a sleep of 100 ms
PATIENCE = 1.0  # seconds of the own clock for what should take 100 ms
FIRST = 2.0  # seconds of the own clock for a first look
GIVE_WAY = 0.3  # seconds of the own clock after which the lock is taken to be held by who asks
MANY = 200  # reports of one watcher: many more than there are changes


class Watcher:
    """A process that watches, and tells of its reports by a pipe.

    At its first look for `should_stop` it waits until `go` is written to.
    """

    def __init__(self, functions: SimpleNamespace, stage: Shared) -> None:
        self.reports: list[Any] = []
        self.asked = self.over = self._gone = False
        self.closing: dict[str, Any] = {}  # what it says when watch has returned, or raised
        self._count = 0
        self._latest: Any = None
        self._stop = mmap.mmap(-1, mmap.PAGESIZE)  # shared with the child, as the fork leaves it
        self._told, self._go = Pipe(), Pipe()
        self._buffer = b""
        self._last = Effort.of_this_thread()
        self.pid = spawn(self._live, functions, stage)
        self._told.write_end.close()
        self._go.read_end.close()

    # In the child -------------------------------------------------------------------------------

    def _live(self, functions: SimpleNamespace, stage: Shared) -> None:
        self._told.read_end.close()
        self._go.write_end.close()
        self._gaps = self._long = 0.0
        try:
            functions.watch(*stage, self._on_change, self._should_stop)
        except BaseException as error:
            self._tell({"raised": f"{type(error).__name__}: {error}"[:200]})
            raise
        self._tell({"gaps": self._gaps, "long": self._long})

    def _on_change(self, config: Any) -> None:
        told = plain(config)
        self._count += 1
        # Of a flood of reports, those that say something new are enough, and a few others.
        if self._count < MANY or told != self._latest or self._count % MANY == 0:
            self._tell({"report": told})
        self._latest = told

    def _should_stop(self) -> bool:
        if not self.asked:
            self.asked = True
            self._tell({"asked": True})
            read_exactly(self._go.read_end.fd, 1)
            self._last = Effort.of_this_thread()
        now = Effort.of_this_thread()
        gap, self._last = self._last.lasted(now), now
        self._gaps += gap
        self._long += gap if gap > LONG else 0.0
        return self._stop[0] != 0

    def _tell(self, what: dict[str, Any]) -> None:
        write_all(self._told.write_end.fd, json.dumps(what, default=_as_text).encode() + b"\n")

    # In the process that looks at it ------------------------------------------------------------

    @property
    def fd(self) -> int:
        return self._told.read_end.fd

    @property
    def ended(self) -> bool:
        """Has watch returned or raised, or its process ended?"""
        return self.over or bool(self.closing)

    def listen(self) -> None:
        """Take in what it has told. The pipe can be read."""
        chunk = os.read(self.fd, 1 << 16)
        self.over = not chunk
        *lines, self._buffer = (self._buffer + chunk).split(b"\n")
        for line in lines:
            told = json.loads(line)
            if "report" in told:
                self.reports.append(_as_config(told["report"]))
            elif "asked" in told:
                self.asked = True
            else:
                self.closing = told

    def go(self) -> None:
        """Let it go on from its first question, if it has not gone yet."""
        if not self._gone:
            self._gone = True
            with contextlib.suppress(BrokenPipeError):  # it has ended: its other pipe tells so
                write_all(self._go.write_end.fd, b"!")

    def stop(self) -> None:
        self._stop[0] = 1

    def end(self, clock: Clock) -> int | None:
        """Its exit status, None if it had to be killed. To be called once."""
        # Its end of the pipe is closed just before its end is told.
        late = not clock.until(lambda: has_ended(self.pid), PATIENCE if self.over else 0.0)
        if late:
            os.kill(self.pid, signal.SIGKILL)
        status = reap(self.pid)
        self._told.read_end.close()
        self._go.write_end.close()
        return None if late else status


def _as_text(data: bytes) -> str:
    return data.decode("latin-1")


def _as_config(told: Any) -> Any:
    return [*told[:3], told[3].encode("latin-1")] if isinstance(told, list) else told


class Play:
    """Watchers, and publications that they are to notice, by one clock."""

    def __init__(self, functions: SimpleNamespace, stage: Shared, watchers: int) -> None:
        self.functions, self.stage, self.clock = functions, stage, Clock()
        self.looks = self.taken = 0  # how often it looked at the lock, and that was taken
        self.watchers = [Watcher(functions, stage) for _ in range(watchers)]

    def until(self, condition: Any, seconds: float) -> bool:
        """Listen until it is true of all watchers, or so many seconds have passed."""
        end = self.clock.now + seconds
        while not all(map(condition, self.watchers)):
            if self.clock.now >= end or all(each.over for each in self.watchers):
                return False
            self._listen()
        return True

    def pause(self, seconds: float) -> None:
        """Listen for so long."""
        end = self.clock.now + seconds
        while self.clock.now < end:
            self._listen()

    def _listen(self) -> None:
        ends = {each.fd: each for each in self.watchers if not each.over}
        for fd in self.clock.wait([*ends]):
            ends[fd].listen()
        self.looks += 1
        self.taken += self.stage.lock.value == 0

    def all_ask(self) -> bool:
        """Do all of them come to their first question, and wait there?"""
        if self.until(lambda each: each.asked, GIVE_WAY):
            return True
        if not self.stage.lock.value:  # one may ask with the lock, for which the other one waits
            for each in self.watchers:
                if each.asked:
                    each.go()
        return self.until(lambda each: each.asked, FIRST)

    def go(self) -> None:
        for each in self.watchers:
            each.go()

    def publish(self, config: Config) -> str:
        """By a process of its own: "" or what went wrong."""
        pid = spawn(self.functions.publish, *self.stage, config)
        start = self.clock.now
        while not has_ended(pid):
            if self.clock.now - start >= GIVE_WAY:
                self.go()  # whoever asks with the lock
            if self.clock.now - start >= FIRST:
                os.kill(pid, signal.SIGKILL)
                reap(pid)
                return "publish did not return" if self.stage.lock.value else "the lock is held"
            self._listen()
        return "publish raised something" if reap(pid) else ""


def take_up(
    functions: SimpleNamespace, before: list[Any], configs: list[list[Any]], quiet: float
) -> dict[str, Any]:
    """Two watchers; each configuration is published when both have reported the one before it."""
    with shared(Config(*before)) as stage:
        play = Play(functions, stage, 2)
        seen = _take_up(play, configs, quiet)
        seen["ended"] = any(each.ended for each in play.watchers)  # before it was told to stop
        seen["taken"] = play.taken / play.looks
        for each in play.watchers:
            each.stop()
        seen["returned"] = play.until(lambda each: each.over, PATIENCE)
        seen["lock"] = int(stage.lock.value)
        seen["statuses"] = [each.end(play.clock) for each in play.watchers]
        seen["closing"] = [each.closing for each in play.watchers]
        return seen


def _take_up(play: Play, configs: list[list[Any]], quiet: float) -> dict[str, Any]:
    first, second = play.watchers
    seen: dict[str, Any] = {
        "asked": play.all_ask(),
        "delays": [],
        "again": [0],
        "shares": [0.0],
    }
    seen["first"] = [each.asked for each in play.watchers]
    seen["early"] = [*first.reports, *second.reports]
    if not seen["asked"]:
        return seen
    for number, fields in enumerate(configs):
        if number == len(configs) - 1:
            seen |= _idle(play, quiet)  # the last one comes after a silence
        marks = [len(each.reports) for each in play.watchers]
        start, play.clock.worst = time.monotonic(), 0.0
        seen["trouble"] = play.publish(Config(*fields))
        if number == 0:
            play.go()
            start = time.monotonic()
        reported = not seen["trouble"] and play.until(
            lambda each, fields=fields: fields in each.reports[-1:], PATIENCE
        )
        # The publisher and the watcher may each be late by what this process was.
        seen["delays"].append(max(0.0, time.monotonic() - start - 2 * play.clock.worst))
        seen["reports"] = [
            each.reports[mark:][-5:] for each, mark in zip(play.watchers, marks, strict=True)
        ]
        # The first one may have come just before a look.
        if not reported or (number >= 3 and min(seen["delays"][1:]) > 2 * LONG):
            break
    return seen


def _idle(play: Play, seconds: float) -> dict[str, Any]:
    """Nothing changes: what does the waiting cost, and is anything reported all the same?"""
    play.pause(0.02)
    marks = [len(each.reports) for each in play.watchers]
    used = [Effort.of(each.pid) for each in play.watchers]
    play.pause(seconds)
    shares = [
        before.share(Effort.of(each.pid)) for each, before in zip(play.watchers, used, strict=True)
    ]
    again = [len(each.reports) - mark for each, mark in zip(play.watchers, marks, strict=True)]
    return {"shares": shares, "again": again}
