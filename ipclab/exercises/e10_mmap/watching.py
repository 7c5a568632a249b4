"""How much memory does a call take, and how does it map a file? Watched while it runs."""

from __future__ import annotations

import os
import select
import sys
import threading
from contextlib import suppress
from types import FrameType
from typing import Any

_PERIOD = 1  # milliseconds between two looks
_ACCESS_COPY = 3  # mmap.ACCESS_COPY
GROWN = b"\0grown\0"  # on stderr: so that it is known even if the call never returns


class Watcher:
    """A process of its own that looks at the anonymous memory of the one that made it.

    `most`: by how many bytes it grew at most (RssAnon, man 5 proc_pid_status), in the process or in a
    child that it forked; None when the watcher was killed. A peak lasts at least as long as it takes
    to fill so many pages, which is many looks.
    """

    most: int | None = None

    def __init__(self, limit: int) -> None:
        """`limit`: as soon as it grew by more bytes, GROWN is written to stderr."""
        self._limit = limit

    def __enter__(self) -> Watcher:
        self._result, result = os.pipe()
        stop, self._stop = os.pipe()
        watched, ready = os.getpid(), os.pipe()
        child = os.fork()
        if child == 0:
            # Its parent leaves at once: the solution must not find a child that it did not make.
            try:
                if os.fork() == 0:
                    for fd in (self._stop, self._result, ready[0]):
                        os.close(fd)
                    _watch(watched, self._limit, stop, ready[1], result)
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        for fd in (result, stop, ready[1]):
            os.close(fd)
        os.read(ready[0], 1)
        os.close(ready[0])
        return self

    def __exit__(self, *exception: object) -> None:
        try:
            os.close(self._stop)
            said = os.read(self._result, 100)
            os.close(self._result)
        except OSError:  # the solution closed what was not its own
            return
        self.most = int(said) if said.isdigit() else None


def _watch(watched: int, limit: int, stop: int, ready: int, result: int) -> None:
    first = most = _anonymous(watched)
    os.write(ready, b"x")
    poll = select.poll()
    poll.register(stop, select.POLLIN)
    while not poll.poll(_PERIOD):
        before, now = most, max(_anonymous(pid) for pid in (watched, *_children(watched)))
        most = max(before, now)
        if before <= first + limit < most:
            with suppress(OSError):  # the solution may have closed it before the watcher began
                os.write(2, GROWN)
    os.write(result, str(most - first).encode())


def _children(pid: int) -> list[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def _anonymous(pid: int) -> int:
    """RssAnon in bytes; 0 for a process that is gone."""
    try:
        with open(f"/proc/{pid}/status") as file:
            for line in file:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


class Spy:
    """Notes while it is active whether this file is mapped privately, or shared.

    Looks at /proc/self/maps whenever a function is called or returns: too slow for a real run.
    """

    def __init__(self, inode: int) -> None:
        self._inode = str(inode)
        self._looking = False
        self._active = False
        self.private = self.shared = False

    def __enter__(self) -> Spy:
        sys.addaudithook(self._on_audit_event)
        self._active = True
        sys.setprofile(self._look)
        threading.setprofile(self._look)
        return self

    def __exit__(self, *exception: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)
        self._active = False

    def _on_audit_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._active and event == "mmap.__new__" and arguments[2] == _ACCESS_COPY:
            self.private = True

    def _look(self, frame: FrameType, event: str, argument: object) -> None:
        if self._looking:
            return
        self._looking = True
        with open("/proc/self/maps") as maps:
            for line in maps:
                _, rights, _, _, inode, *_ = line.split()
                if inode == self._inode:
                    self.private |= rights[1] == "w" and rights[3] == "p"
                    self.shared |= rights[1] == "w" and rights[3] == "s"
        self._looking = False
