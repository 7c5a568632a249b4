"""What does each side hold while it talks? Seen by a third process, in /proc and nowhere else.

The observer is forked before the solution is called, and is nobody's child that the solution could
wait for. Hooks at the solution's fork then hold one side back at a gate that only the observer
opens, so that the other has all the time to close what it wants to close, and to block. Nothing
here depends on which of the two is faster.

    caller     calls the solution             told: "forked", "leaving", "returned"
    child      forked by the solution         gate: ends when the observer opens it
    observer   reads /proc of both            report: what it saw, as JSON
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

from ipclab.sandbox.containment import PR_SET_PTRACER, prctl
from ipclab.sandbox.observe import (
    OWN_DESCRIPTORS,
    cpu_seconds,
    descriptors_of,
    fingerprint,
    numbers_in,
    observe_process,
    read_text,
)

LIMIT = 2.0  # seconds for what must happen soon, on a busy machine too
_LOOK_EVERY = 0.02
_ANY_PROCESS = 2**64 - 1

# Kept from before any solution is loaded: it may replace what the modules hold.
_exit, _read, _write, _monotonic, _sleep = os._exit, os.read, os.write, time.monotonic, time.sleep


class Stage:
    """What the observer works with."""

    def __init__(self, caller: int, told_fd: int, gate_fd: int) -> None:
        self.caller = caller
        self.lines: list[str] = []
        self._told_fd, self._gate_fd, self._rest = told_fd, gate_fd, ""
        self._ended = self._is_restless = False

    def await_word(self, word: str, seconds: float = LIMIT) -> str | None:
        """What was told with this word. None when the call returned first, or time is up."""
        give_up = _monotonic() + seconds
        while True:
            if found := next((line for line in self.lines if line.startswith(word)), None):
                return found.removeprefix(word).strip()
            if self._ended or self.has_returned or _monotonic() > give_up:
                return None
            self.listen(max(0.0, give_up - _monotonic()))

    @property
    def has_returned(self) -> bool:
        return any(line.startswith("returned") for line in self.lines)

    def listen(self, seconds: float) -> None:
        """Take what is told within this time; return as soon as something is."""
        poller = select.poll()
        poller.register(self._told_fd, select.POLLIN)
        if not self._ended and poller.poll(seconds * 1000):
            text = _read(self._told_fd, 4096).decode(errors="replace")
            self._ended = not text
            *lines, self._rest = (self._rest + text).split("\n")
            self.lines += lines

    def open_gate(self) -> None:
        if self._gate_fd != -1:
            os.close(self._gate_fd)
            self._gate_fd = -1

    def be_patient(self, pid: int, seconds: float) -> dict[str, float]:
        """Hold for so long; how much processor time did `pid` use, and wait for? Ends at a return."""
        started, used, waited = _monotonic(), cpu_seconds(pid), _queued_seconds(pid)
        while (left := started + seconds - _monotonic()) > 0 and not self.has_returned:
            self.listen(left)
        return {
            "elapsed": _monotonic() - started,
            "cpu": cpu_seconds(pid) - used,
            "queued": _queued_seconds(pid) - waited,
        }

    def settle(self, pid: int) -> None:
        """Wait until a process sleeps, or has ended. One that never does is waited for only once."""
        give_up, last = _monotonic() + LIMIT, None
        while _is_alive(pid) and not self._is_restless:
            seen = fingerprint([pid])
            if seen is not None and (seen == last or _naps(pid)):
                return
            last = seen
            _sleep(_LOOK_EVERY)
            self._is_restless = _monotonic() > give_up

    def settle_or_return(self, pid: int) -> None:
        """The same, but a return is noticed, too."""
        self.settle(pid)
        self.listen(0)

    def await_end(self, pid: int) -> None:
        """Wait until a child has ended, reaped or not."""
        give_up = _monotonic() + LIMIT
        while _is_alive(pid) and _monotonic() < give_up:
            _sleep(_LOOK_EVERY / 4)

    def await_state(self, pid: int, state: str) -> None:
        give_up = _monotonic() + LIMIT
        while (found := observe_process(pid)) and _monotonic() < give_up:
            if found.state == state:
                return
            _sleep(_LOOK_EVERY / 4)


def _is_alive(pid: int) -> bool:
    found = observe_process(pid)
    return found is not None and found.state not in ("zombie", "ended")


def _queued_seconds(pid: int) -> float:
    """How long its threads could have run, and waited for a processor (/proc/PID/schedstat)."""
    found = 0
    for tid in numbers_in(f"/proc/{pid}/task"):
        fields = read_text(f"/proc/{pid}/task/{tid}/schedstat").split()
        found += int(fields[1]) if len(fields) == 3 else 0
    return found / 1e9


def _naps(pid: int) -> bool:
    """Does it sleep for a time only? Then it may do so again and again, and never be still."""
    found = observe_process(pid)
    return found is not None and all(
        thread.wait is not None and thread.wait.timed for thread in found.threads
    )


class Watch:
    """In the caller: starts the observer, holds one side at the gate, and fetches the report.

    `hold`: "child" or "parent", each after the fork, or "end": a child that leaves.
    """

    def __init__(self, observe: Callable[[Stage], dict[str, Any]], hold: str) -> None:
        self._usual, self._known = _usual_capacity(), set(_pipes())
        self._caller = os.getpid()
        told_fd, self._told = _own_pipe()
        self._gate, gate_fd = _own_pipe()
        self._report, report_fd = _own_pipe()
        self._hold, self._leave = hold, os._exit
        stage = Stage(self._caller, told_fd, gate_fd)
        if (pid := os.fork()) == 0:
            if os.fork():
                _exit(0)
            _live(stage, observe, report_fd, (self._told, self._gate, self._report))
        os.waitpid(pid, 0)
        for fd in (told_fd, gate_fd, report_fd):
            os.close(fd)
        _allow_looks()
        os.register_at_fork(
            before=self._shrink_pipes,
            after_in_parent=self._in_parent,
            after_in_child=self._in_child,
        )

    def finish(self) -> dict[str, Any]:
        """The call has returned: what has the observer seen?"""
        self._tell("returned")
        report = b""
        while chunk := _read(self._report, 65536):
            report += chunk
        for fd in (self._told, self._gate, self._report):
            os.close(fd)
        found: dict[str, Any] = json.loads(report or b"{}")
        return found

    def _shrink_pipes(self) -> None:
        """Before the fork: a pipe that holds one page only, as users with many pipes get it.

        Then whatever is longer comes in pieces. A size that the solution has chosen stays.
        """
        for inode, fd in _pipes().items():
            if inode not in self._known and _capacity(fd) == self._usual:
                with contextlib.suppress(OSError):
                    fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, os.sysconf("SC_PAGE_SIZE"))

    def _in_parent(self) -> None:
        if self._hold == "parent" and os.getpid() == self._caller:
            self._pass_gate()

    def _in_child(self) -> None:
        os._exit = self._leaving
        _allow_looks()
        self._tell(f"forked {os.getpid()}")
        if self._hold == "child":
            self._pass_gate()

    def _leaving(self, status: int) -> NoReturn:
        """In place of os._exit: a child that takes its time between its last close and its end."""
        kind = sys.exc_info()[0]
        raised = kind.__name__ if kind and issubclass(kind, Exception) else ""
        self._tell(f"leaving {status} {raised}")
        if self._hold == "end":
            os.closerange(0, OWN_DESCRIPTORS)
            self._pass_gate()
        self._leave(status)

    def _tell(self, line: str) -> None:
        try:
            _write(self._told, " ".join(line.split()).encode(errors="replace")[:200] + b"\n")
        except OSError:  # the solution may have closed everything
            return

    def _pass_gate(self) -> None:
        try:
            while _read(self._gate, 1):
                continue
        except OSError:
            return


def _own_pipe() -> list[int]:
    """A pipe whose descriptors are out of sight, and gone in another program."""
    ends = os.pipe()
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, OWN_DESCRIPTORS) for fd in ends]
    for fd in ends:
        os.close(fd)
    return high


def _pipes() -> dict[int, int]:
    """The pipes of this process: inode -> one of its descriptors."""
    entries = descriptors_of(os.getpid())
    return {entry.inode: entry.number for entry in entries if entry.is_pipe}


def _capacity(fd: int) -> int:
    return fcntl.fcntl(fd, fcntl.F_GETPIPE_SZ)


def _usual_capacity() -> int:
    """How large a new pipe is here."""
    ends = os.pipe()
    capacity = _capacity(ends[0])
    for fd in ends:
        os.close(fd)
    return capacity


def _allow_looks() -> None:
    """Where Yama lets only ancestors look (man 2 prctl, PR_SET_PTRACER), allow the observer too."""
    try:
        prctl(PR_SET_PTRACER, _ANY_PROCESS)
    except OSError:  # there is no Yama, and no need
        return


def _live(
    stage: Stage,
    observe: Callable[[Stage], dict[str, Any]],
    report_fd: int,
    callers: tuple[int, ...],
) -> NoReturn:
    """The observer's life. Whatever happens, the gate opens and nothing goes on waiting for it."""
    try:
        for fd in callers:
            os.close(fd)
        os.closerange(0, OWN_DESCRIPTORS)  # it must keep no pipe of the caller's open
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        report = observe(stage)
        stage.open_gate()
        stage.await_word("returned", 60)
        report["lines"] = stage.lines[:20]
        data = json.dumps(report).encode()
        while data:
            data = data[_write(report_fd, data) :]
    finally:
        _exit(0)
