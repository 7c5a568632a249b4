"""What would others meet at the path while serve_lines works? Asked from within, in the server's process.

Between two steps of the server, an open door or a name without a reader is there for microseconds:
from outside only luck would see it. An audit hook sees it each time (PEP 578). It returns a list, and
adds to it what it notices.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import Any

# Kept from before any solution is loaded: it may replace what the modules hold.
_open, _close, _lstat, _realpath = os.open, os.close, os.lstat, os.path.realpath


def notice_open_doors(path: str) -> list[Any]:
    """The modes of a FIFO at the path that others may open, at any audit event."""
    modes: list[Any] = []

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        try:
            mode = _lstat(path).st_mode
        except OSError:
            return
        if stat.S_ISFIFO(mode) and mode & 0o077 and not modes:
            modes.append(stat.S_IMODE(mode))

    sys.addaudithook(look)
    return modes


def notice_dead_names(path: str) -> list[Any]:
    """A word if a client that comes just before the name is removed would find nobody who reads."""
    noticed: list[Any] = []

    def come_by(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "os.remove" and not noticed and _means(path, *arguments):
            try:
                _close(_open(path, os.O_WRONLY | os.O_NONBLOCK))
            except OSError as error:
                if error.errno == errno.ENXIO:
                    noticed.append("no reader")

    sys.addaudithook(come_by)
    return noticed


def _means(path: str, name: Any, folder_fd: int) -> bool:
    """Whether os.remove(name, dir_fd=folder_fd) would remove the path."""
    folder = f"/proc/self/fd/{folder_fd}" if folder_fd >= 0 else ""
    return _realpath(os.path.join(folder, os.fsdecode(name))) == _realpath(path)
