"""What did the processes of a run do? Seen through Python's audit hooks (PEP 578), told at once.

An audit hook cannot be removed by the code that it watches, and fires however a function was
reached, so that a forbidden shortcut shows without reading source. Each event is one line in a
pipe: short writes are atomic (man 7 pipe), and what a process told is known even if it then hangs.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from .plain import safe_text

PROCESS_STARTED, ESCAPED, TIMER = "started", "escaped", "timer"
_WATCHED = frozenset({
    "fcntl.fcntl", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system",
    "pty.spawn", "subprocess.Popen",
})  # fmt: skip
_WATCHED_IMPORTS = frozenset({"_posixsubprocess", "asyncio.subprocess", "multiprocessing", "pty", "subprocess"})
_DETAIL_LIMIT = 200
_EVENTS_A_PROCESS = 500

# Kept from before any learner's code is loaded: a solution may replace what the modules hold.
_write, _getpid, _getppid, _getframe = os.write, os.getpid, os.getppid, sys._getframe


class Reporter:
    """Tells the supervisor, from the first process of a run and from all that it forks."""

    def __init__(self, write_fd: int) -> None:
        self._write_fd = write_fd
        self._told: set[tuple[int, str, str]] = set()

    def install(self) -> None:
        sys.addaudithook(self._on_audit_event)
        os.register_at_fork(after_in_child=lambda: self.tell(PROCESS_STARTED, str(_getppid())))
        for name in ("alarm", "setitimer"):
            setattr(signal, name, self._telling(getattr(signal, name)))

    def tell(self, name: str, detail: str = "") -> None:
        """One event, each only once a process. Nothing when the pipe is full or closed."""
        key = (_getpid(), name, detail[:_DETAIL_LIMIT])
        if key in self._told or len(self._told) > _EVENTS_A_PROCESS:
            return
        self._told.add(key)
        text = detail.encode(errors="backslashreplace")[:_DETAIL_LIMIT].replace(b"\t", b" ").replace(b"\n", b" ")
        try:
            _write(self._write_fd, b"%d\t%s\t%s\n" % (key[0], name.encode(), text))
        except OSError:
            return

    def _on_audit_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _WATCHED:
            self.tell(event, _caller() if event == "os.fork" else " ".join(safe_text(str, a) for a in arguments[:3]))
        elif event == "import" and arguments[0] in _WATCHED_IMPORTS:
            self.tell(event, arguments[0])

    def _telling(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def telling(*arguments: Any) -> Any:
            self.tell(TIMER, function.__name__)
            return function(*arguments)

        return telling


def _caller() -> str:
    """The module whose code called the audited function."""
    frame = _getframe(2)
    return str(frame.f_globals.get("__name__", "?"))


def parse(lines: bytes) -> list[tuple[int, str, str]]:
    """(pid, name, detail) of each whole line; anything else was not written by a `Reporter`."""
    found = []
    for line in lines.split(b"\n"):
        pid, _, rest = line.partition(b"\t")
        name, separator, detail = rest.partition(b"\t")
        if pid.isdigit() and len(pid) < 10 and separator:
            found.append((int(pid), name.decode(errors="replace"), detail.decode(errors="replace")))
    return found
