"""Where the actors of a scenario play: started, told what to do, waited for, and ended.

The scenario's own process never calls the solution. Everything that it waits for has a time limit, and
an actor that sleeps for good is noticed long before.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from ipclab.exercises.solutions import Solution
from ipclab.sandbox.observe import (
    OWN_DESCRIPTORS,
    cpu_seconds,
    descendants_of,
    fingerprint,
    observe,
    observe_process,
)

from .acting import Reply, Tally, act, told_to
from .strangers import become_stranger

LIMIT = 3.0  # seconds for what must happen soon, on a busy machine too
STILL = 0.4  # seconds without a context switch: a process that nobody else disturbs waits for ever
GRACE = 0.2  # seconds after which a call that has not returned is said to wait
_LOOK_EVERY = 0.01
_TIDYING = 0.5  # seconds; and in a whole scenario twice as long in vain
_BUSY, _SOME = 0.2, 0.05  # of a processor
_ALWAYS = 0.97  # of all looks

# Kept from before any solution is loaded: it may replace what the modules hold.
_fork, _kill, _pipe, _read, _write, _close, _waitpid = (
    os.fork, os.kill, os.pipe, os.read, os.write, os.close, os.waitpid,
)  # fmt: skip
_monotonic, _sleep = time.monotonic, time.sleep


class Trouble(Exception):
    """A call that ended a scenario; as plain data."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts


class Player:
    """An actor as the stage sees it: its process, its pipes, and what it is asked to do just now."""

    def __init__(self, stage: Stage, role: str) -> None:
        self.stage, self.role = stage, role
        self.tally = Tally()
        self.reply: Reply | None = None
        self.call = ""  # what it was told to do last
        self.status: int | None = None
        self._rest, self._others = b"", list[int]()
        command_fd, self._command = _high_pipe()
        self._told, told_fd = _high_pipe()
        self.pid = _fork()
        if self.pid == 0:
            stage.close_inherited()
            _close(self._command)
            if stage.solution is not None:
                become_stranger(stage.solution, command_fd, told_fd)
            act(stage.functions, self.tally, command_fd, told_fd)
        _close(command_fd)
        _close(told_fd)

    def begin(self, verb: str, *values: Any) -> None:
        """Tell it to do something, and do not wait."""
        self.call, self.reply = told_to(verb, values), None
        self._others = descendants_of(self.pid)  # before a call that may end it
        data = json.dumps([verb, *values]).encode() + b"\n"
        with contextlib.suppress(BrokenPipeError):
            while data:
                data = data[_write(self._command, data) :]

    def do(self, verb: str, *values: Any, unanswered: str = "") -> Any:
        """Tell it, and wait for what the call returns. Raises Trouble, also when it raises."""
        self.begin(verb, *values)
        return self.result(unanswered)

    def result(self, unanswered: str = "", seconds: float = LIMIT) -> Any:
        """What the call in hand returns. `unanswered` names what it means when it never does."""
        if not self.stage.wait([self], lambda: self.answered, seconds):
            raise Trouble(
                kind="stuck", who=self.role, call=self.call, state=self.state(), label=unanswered
            )
        return self.value()

    def value(self) -> Any:
        """What the call that has ended returned. Raises Trouble."""
        if self.reply is None:
            raise Trouble(kind="died", who=self.role, call=self.call, status=self.status)
        if "raised" in self.reply:
            raise Trouble(kind="raised", who=self.role, call=self.call, raised=self.reply["raised"])
        if "escaped" in self.reply:
            raise Trouble(kind="escaped", who=self.role, call=self.call)
        return self.reply["value"]

    @property
    def answered(self) -> bool:
        return self.reply is not None or self.status is not None

    def listen(self, seconds: float) -> None:
        """Take what it tells within this time."""
        poller = select.poll()
        poller.register(self._told, select.POLLIN)
        if self.status is not None or not poller.poll(seconds * 1000):
            return
        chunk = _read(self._told, 1 << 20)
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self.reply = json.loads(line)
        if not chunk:
            self.status = os.waitstatus_to_exitcode(_waitpid(self.pid, 0)[1])

    def waits(self, grace: float = GRACE) -> bool:
        """Whether the call in hand waits: it has not returned after a while, or sleeps for good."""
        give_up, last = _monotonic() + grace, None
        while _monotonic() < give_up and not self.answered:
            self.listen(_LOOK_EVERY)
            seen = fingerprint([self.pid])
            if seen is not None and seen == last and _sleeps_for_good(self.pid):
                break
            last = seen
        self.listen(0)
        return not self.answered

    def stands(self) -> bool:
        """Whether it is stopped before the call in hand has returned."""
        give_up = _monotonic() + LIMIT
        while not self.answered and _monotonic() < give_up:
            found = observe_process(self.pid)
            if found is not None and found.state == "stopped":
                return True
            self.listen(_LOOK_EVERY / 5)
        return False

    def go_on(self) -> None:
        if self.status is None:
            _kill(self.pid, signal.SIGCONT)

    def state(self) -> str:
        """What it does at the moment."""
        found = observe_process(self.pid)
        if found is None:
            return "it has vanished"
        calls = [each.wait.call for each in found.threads if each.wait]
        return f"it sleeps in {' and '.join(calls)}" if calls else "it goes on in a loop"

    def kill(self) -> None:
        """End it as a crash would. A resource tracker that it has started tidies up then: wait for that, too."""
        if self.status is None:
            self._others = descendants_of(self.pid)
            with contextlib.suppress(ProcessLookupError):
                _kill(self.pid, signal.SIGKILL)
            self.status = os.waitstatus_to_exitcode(_waitpid(self.pid, 0)[1])
        self.stage.wait_for_tidying(self._others)

    def forget_pipes(self) -> None:
        for fd in (self._command, self._told):
            if fd != -1:
                _close(fd)
        self._command = self._told = -1


class Stage:
    """The players of one scenario; leaving `with` ends them all."""

    def __init__(self, functions: SimpleNamespace) -> None:
        self.functions = functions
        self.solution: Solution | None = None  # given: players are programs that load it themselves
        self.players: list[Player] = []
        self._tidying = 2 * _TIDYING

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill_all()

    def player(self, role: str) -> Player:
        self.players.append(Player(self, role))
        return self.players[-1]

    def close_inherited(self) -> None:
        """In a new player: the pipes of the earlier ones, whose end would not be noticed otherwise."""
        for player in self.players:
            player.forget_pipes()

    def kill_all(self) -> None:
        for player in self.players:
            player.kill()
        for player in self.players:
            player.forget_pipes()
        self.players = []

    def wait_for_tidying(self, pids: list[int]) -> None:
        """Until these have ended, unless that takes too long."""
        started = _monotonic()
        allowed = min(_TIDYING, self._tidying)
        while observe(pids):
            if _monotonic() - started > allowed:
                self._tidying -= allowed
                return
            _sleep(_LOOK_EVERY / 5)

    def clean(self) -> None:
        """Let those who created a buffer unlink it, where the scenario did not come to that."""
        for player in self.players:
            if player.status is None and player.answered:
                player.do("clean")

    def shares(self, players: list[Player], seconds: float) -> list[dict[str, float]]:
        """How much of a processor does each use, left alone for so long, and how often is it ready?"""
        started, used = _monotonic(), [_cpu(player.pid) for player in players]
        looks, running = 0, [0] * len(players)
        while _monotonic() < started + seconds and not any(each.answered for each in players):
            looks += 1
            for number, player in enumerate(players):
                player.listen(_LOOK_EVERY)
                found = observe_process(player.pid)
                running[number] += found is not None and any(
                    thread.state == "running" for thread in found.threads
                )
        elapsed = _monotonic() - started
        return [
            {"share": (_cpu(player.pid) - before) / elapsed, "running": often / max(looks, 1)}
            for player, before, often in zip(players, used, running, strict=True)
        ]

    def wait(
        self,
        players: list[Player],
        condition: Callable[[], bool],
        seconds: float = LIMIT,
        progress: Callable[[], object] = lambda: None,
    ) -> bool:
        """Until the condition holds; False when nobody moves any more, or time is up.

        The time begins anew whenever what `progress` returns has changed.
        """
        give_up, done = _monotonic() + seconds, progress()
        last, since = None, _monotonic()
        while not condition():
            now = _monotonic()
            if (latest := progress()) != done:
                give_up, done = now + seconds, latest
            if now > give_up:
                return condition()
            for player in players:
                player.listen(_LOOK_EVERY / len(players))
            pids = [each.pid for each in self.players if each.status is None]
            seen = fingerprint([*pids, *(each for pid in pids for each in descendants_of(pid))])
            if seen is None or seen != last:
                last, since = seen, now
            elif now - since > STILL:
                if all(map(_sleeps_for_good, pids)):
                    return condition()
                since = now
        return True


def is_busy(seen: dict[str, float]) -> bool:
    """More than a fifth of a processor; on a busy machine it never sleeps, and gets what is left."""
    return seen["share"] > _BUSY or (seen["running"] > _ALWAYS and seen["share"] > _SOME)


def _cpu(pid: int) -> float:
    return sum(map(cpu_seconds, [pid, *descendants_of(pid)]))


def _sleeps_for_good(pid: int) -> bool:
    """Whether no clock will wake it. (That nobody else does is seen by waiting.)"""
    found = observe_process(pid)
    return found is not None and all(t.wait and not t.wait.timed for t in found.threads)


def _high_pipe() -> list[int]:
    """A pipe whose descriptors are out of a solution's sight, and gone in another program."""
    ends = _pipe()
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, OWN_DESCRIPTORS) for fd in ends]
    for fd in ends:
        _close(fd)
    return high
