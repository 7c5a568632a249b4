"""What becomes of an `os.fork` in a notebook's own process?

The process that runs a notebook, its kernel, has several threads and connections. A forked copy has
one thread, but the locks of all, and answers on the same connections: it can hang or speak in its
parent's place. So a child that a cell forks ends at once, and the learner is told what to do instead.
Forks of the standard library and of packages (subprocess, multiprocessing, `!command`) are let alone.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import threading
from types import FrameType
from typing import Any

MESSAGE = (
    "The forked child was ended at once, because a copy of the notebook's process cannot go on safely:"
    " write %%process in the first line of the cell, and fork as you like."
)
EXIT_STATUS = 1
_INSTALLED = tuple(
    sysconfig.get_paths()[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")
)


class ForkGuard:
    """Ends the children that cells of this process fork, and reaps them when the cell is done."""

    def __init__(self) -> None:
        self._kernel = os.getpid()
        self._fork = threading.local()  # .pipe, from before a fork to after it, if it is caught
        self._children: list[int] = []
        self._told = False
        os.register_at_fork(
            before=self._before, after_in_child=self._in_child, after_in_parent=self._in_parent
        )

    def cell_done(self) -> None:
        """Reap what was ended; a child that the cell has waited for is gone already."""
        while self._children:
            try:
                os.waitpid(self._children.pop(), 0)
            except ChildProcessError:
                continue
        self._told = False

    def _before(self) -> None:
        self._fork.pipe = None
        if os.getpid() == self._kernel and _in_learners_code(sys._getframe(1)):
            try:
                self._fork.pipe = os.pipe()
            except OSError:  # no descriptor is left: it is caught, but cannot be reaped
                self._fork.pipe = ()

    def _in_child(self) -> None:
        if self._fork.pipe is None:
            return
        try:
            if self._fork.pipe:
                os.write(self._fork.pipe[1], str(os.getpid()).encode())
        finally:
            os._exit(EXIT_STATUS)

    def _in_parent(self) -> None:
        if self._fork.pipe is None:
            return
        if self._fork.pipe:
            read_fd, write_fd = self._fork.pipe
            os.close(write_fd)
            if pid := os.read(read_fd, 32):  # empty: the fork has failed
                self._children.append(int(pid))
            os.close(read_fd)
        self._fork.pipe = None
        if not self._told:
            self._told = True
            print(MESSAGE, file=sys.stderr, flush=True)


def _in_learners_code(frame: FrameType | None) -> bool:
    """Was the fork made by code that is neither Python's own nor of an installed package?"""
    while frame and frame.f_globals.get("__name__") == "pty" and frame.f_code.co_name == "fork":
        frame = frame.f_back  # pty.fork returns twice, too
    if frame is None:
        return False
    filename = frame.f_code.co_filename
    packages = {"site-packages", "dist-packages"} & set(filename.split("/"))
    return not packages and not filename.startswith((*_INSTALLED, "<frozen "))


_guard: ForkGuard | None = None


def watch(shell: Any) -> None:
    """Guard the process of this IPython shell from now on."""
    global _guard
    if _guard is None:
        _guard = ForkGuard()
        shell.events.register("post_execute", _guard.cell_done)
