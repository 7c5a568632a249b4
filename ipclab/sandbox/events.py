"""What did the processes of a run do? Seen through Python's audit hooks (PEP 578), told at once.

An audit hook cannot be removed by the code that it watches, and fires however a function was
reached, so that a forbidden shortcut shows without reading source. Each event is one line in a
pipe: short writes are atomic (man 7 pipe), and what a process told is known even if it then hangs.
"""

from __future__ import annotations

import mmap
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, NamedTuple

from .observe import numbers_in
from .plain import safe_text

PROCESS_STARTED, ESCAPED, TIMER = "started", "escaped", "timer"
CALL_BEGINS, CALL_ENDS = "begins", "ends"  # marks in a trace, of the function's call and its end
_WATCHED = frozenset({
    "fcntl.fcntl", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system",
    "pty.spawn", "subprocess.Popen",
})  # fmt: skip
_WATCHED_FOLDERS = ("/proc/", "/sys/")  # reading there asks the kernel instead of trying
_WATCHED_IMPORTS = frozenset(
    {"_posixsubprocess", "asyncio.subprocess", "multiprocessing", "pty", "subprocess"}
)
_DETAIL_LIMIT = 200
_EVENTS_A_PROCESS = 500

# Kept from before any learner's code is loaded: a solution may replace what the modules hold.
_write, _getpid, _getppid, _getframe = os.write, os.getpid, os.getppid, sys._getframe
_pause, _numbers_in = signal.pause, numbers_in


class Reporter:
    """Tells the supervisor, from the first process of a run and from all that it forks."""

    def __init__(self, write_fd: int, most_processes: int | None) -> None:
        """`most_processes`: so many may be in /proc, if that shows those of the run only."""
        self._write_fd = write_fd
        self._most_processes = most_processes
        self._forks = memoryview(mmap.mmap(-1, 8)).cast("Q")  # by all processes of the run together
        self._told: set[tuple[int, str, str, str]] = set()

    def install(self) -> None:
        sys.addaudithook(self._on_audit_event)
        os.register_at_fork(after_in_child=lambda: self.tell(PROCESS_STARTED, str(_getppid())))
        for name in ("alarm", "setitimer"):
            setattr(signal, name, self._telling(getattr(signal, name)))

    def mark(self, name: str) -> None:
        """Only for a trace to be cut at: `parse` passes it over."""
        try:
            _write(self._write_fd, f"{_getpid()}\t{name}\t\n".encode())
        except OSError:
            return

    def tell(self, name: str, detail: str = "", caller: str = "") -> None:
        """One event, each only once a process. Nothing when the pipe is full or closed."""
        event = (_getpid(), name, _one_line(caller), _one_line(detail))
        if event in self._told or len(self._told) > _EVENTS_A_PROCESS:
            return
        self._told.add(event)
        try:
            line = "\t".join(map(str, event)) + "\n"
            _write(self._write_fd, line.encode(errors="backslashreplace"))
        except OSError:
            return

    def _on_audit_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "os.fork":
            self._wait_if_crowded()
        if event in _WATCHED:
            self.tell(
                event, " ".join(safe_text(str, argument) for argument in arguments[:3]), _caller()
            )
        elif (event == "import" and arguments[0] in _WATCHED_IMPORTS) or (
            event == "open"
            and type(arguments[0]) is str
            and arguments[0].startswith(_WATCHED_FOLDERS)
        ):
            self.tell(event, arguments[0], _caller())

    def _wait_if_crowded(self) -> None:
        """Who forks where there are too many already waits for the supervisor, which ends the run.

        Thousands of processes would keep the supervisor itself from running. Two that count at
        the same time may lose one; it does not matter here.
        """
        self._forks[0] += 1
        if self._most_processes is None or self._forks[0] < self._most_processes:
            return
        while len(_numbers_in("/proc")) > self._most_processes:
            _pause()

    def _telling(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def telling(*arguments: Any) -> Any:
            self.tell(TIMER, function.__name__)
            return function(*arguments)

        return telling


def _caller() -> str:
    """The module whose code did what is audited; the import machinery is not meant."""
    frame: FrameType | None = _getframe(2)
    while frame is not None:
        name = str(frame.f_globals.get("__name__", "?"))
        if not name.startswith("importlib"):
            return name
        frame = frame.f_back
    return "?"


def _one_line(text: str) -> str:
    return " ".join(text[:_DETAIL_LIMIT].split())


class Told(NamedTuple):
    """One event as it came through the pipe."""

    pid: int
    name: str
    caller: str
    detail: str


def parse(lines: bytes) -> list[Told]:
    """The events in whole lines; anything else was not written by a `Reporter`."""
    found = []
    for line in lines.decode(errors="replace").split("\n"):
        fields = line.split("\t")
        if len(fields) == 4 and fields[0].isdecimal() and len(fields[0]) < 10:
            found.append(Told(int(fields[0]), *fields[1:]))
    return found
