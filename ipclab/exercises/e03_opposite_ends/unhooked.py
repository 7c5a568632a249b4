"""A child that was forked past Python's hooks: noticed at the next line that runs, on either side.

os.register_at_fork tells nothing of a fork of the C library, nor of another program that is started
(subprocess, os.posix_spawn). But the parent's next line of Python comes before it reads a byte; and
where the child is a copy of the parent, its own next line comes before it writes one.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from ipclab.sandbox.observe import Observed, children_of, observe_process, read_text

# Kept from before any solution is loaded: it may replace what the modules hold.
_getpid, _tid = os.getpid, threading.get_native_id
_STARTS = frozenset({"subprocess.Popen", "os.posix_spawn"})


class Lines:
    """While it looks: calls `in_child` in a new copy of this process, and `in_parent(pid)` beside it.

    `before` is called when another program is about to be started.
    """

    def __init__(
        self,
        before: Callable[[], None],
        in_parent: Callable[[int], None],
        in_child: Callable[[], None],
    ) -> None:
        self._owner, self._known = _getpid(), set(children_of(_getpid()))
        self._before, self._in_parent, self._in_child = before, in_parent, in_child
        self._is_looking = True
        sys.addaudithook(self._on_audit_event)
        threading.settrace(self._on_line)
        sys.settrace(self._on_line)

    def stop(self) -> None:
        """In this process: other threads trace on, and look no more."""
        self._is_looking = False
        threading.settrace(None)
        sys.settrace(None)

    def _on_audit_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _STARTS and self._is_looking and _getpid() == self._owner:
            self._before()

    def _on_line(self, frame: object, event: str, argument: object) -> Any:
        if not self._is_looking:
            return None
        if _getpid() != self._owner:
            self.stop()
            self._in_child()
            return None
        # A thread's own children only: whoever forked comes to its own next line.
        for word in read_text(f"/proc/self/task/{_tid()}/children").split():
            if (pid := int(word)) not in self._known:
                self._known.add(pid)
                self._in_parent(pid)
        return self._on_line


def is_copy(pid: int) -> bool:
    """Does a child still run what this process runs, or another program?"""
    return read_text(f"/proc/{pid}/cmdline") == read_text("/proc/self/cmdline")


def sends_to(reader: int, writer: int) -> bool:
    """Could one process write into a pipe that the other could read?"""
    return bool(
        {entry.inode for entry in _pipes(observe_process(writer)) if entry.writable}
        & {entry.inode for entry in _pipes(observe_process(reader)) if entry.readable}
    )


def _pipes(process: Observed | None) -> list[Any]:
    return [entry for entry in process.descriptors if entry.is_pipe] if process else []
