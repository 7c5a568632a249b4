"""What does each side hold while it talks? Seen by a third process, in /proc and nowhere else.

The observer is forked before the solution is called, and is nobody's child that the solution could
wait for. Hooks at the solution's fork then hold one side back at a gate that only the observer
opens, so that the other has all the time to close what it wants to close, and to block. Nothing
here depends on which of the two is faster. A fork past those hooks is noticed a line later, and a
child that has become another program is held back by SIGSTOP (unhooked.py).

    caller     calls the solution             told: "forked", "leaving", "returned"
    child      forked by the solution         gate: ends when the observer opens it
    observer   reads /proc of both            report: what it saw, as JSON
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from ipclab.sandbox.containment import PR_SET_PTRACER, prctl
from ipclab.sandbox.observe import OWN_DESCRIPTORS, descriptors_of

from .stage import Stage
from .unhooked import Lines, is_copy, sends_to

_ANY_PROCESS = 2**64 - 1

# Kept from before any solution is loaded: it may replace what the modules hold.
_exit, _read, _write = os._exit, os.read, os.write


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
        self._hold, self._leave, self._has_stopped = hold, os._exit, False
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
        self._lines = Lines(self._shrink_pipes, self._beside_unhooked, self._in_unhooked)

    def finish(self) -> dict[str, Any]:
        """The call has returned: what has the observer seen?"""
        self._lines.stop()
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
        self._lines.stop()
        self._wait_in_parent()

    def _wait_in_parent(self) -> None:
        if signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN:
            self._tell("ignores SIGCHLD")
        if self._hold == "parent" and os.getpid() == self._caller:
            self._pass_gate()

    def _beside_unhooked(self, pid: int) -> None:
        """In the parent: a child is there that no hook told of. Another program can only be stopped."""
        if self._hold != "child":
            self._lines.stop()  # to count all that are forked, one watched run is enough
        if not is_copy(pid):
            if not sends_to(self._caller, pid):
                return
            stops, self._has_stopped = self._hold == "child" and not self._has_stopped, True
            if stops:
                os.kill(pid, signal.SIGSTOP)
            self._tell(f"forked {pid} {'stopped' if stops else ''}")
        self._shrink_pipes()
        self._wait_in_parent()

    def _in_unhooked(self) -> None:
        self._shrink_pipes()
        self._in_child()

    def _in_child(self) -> None:
        self._lines.stop()
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
        report["lines"] = stage.lines[:100]
        data = json.dumps(report).encode()
        while data:
            data = data[_write(report_fd, data) :]
    finally:
        with contextlib.suppress(OSError):
            stage.open_gate()
        _exit(0)
