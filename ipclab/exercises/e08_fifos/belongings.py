"""What does a caller have, and how does it differ after the call?"""

from __future__ import annotations

import gc
import os
import select
import signal
import threading
from typing import Any

from ipclab.sandbox.observe import OWN_DESCRIPTORS, children_of, descriptors_of, observe_process

_MOMENT = 500  # milliseconds within which a process or thread that has nothing more to do has ended


class Belongings:
    """Descriptors, children, threads and settings of this process, as they are now."""

    def __init__(self) -> None:
        self._table = _table()
        self._children = set(children_of(os.getpid()))
        self._threads = set(threading.enumerate())
        self._settings = _settings()

    def differences(self) -> tuple[list[list[str]], list[str]]:
        """What is new, as (kind of leak, what), and what of the caller's was changed or taken."""
        gc.collect()
        after, settings, children = _table(), _settings(), set(children_of(os.getpid()))
        left = [
            ["descriptor", f"descriptor {number} ({target}) is still open"]
            for number, target in after.items()
            if number not in self._table
        ]
        left += [_child_left(pid) for pid in children - self._children]
        left += [
            ["thread", f"thread {thread.name[:60]!r} is still running"]
            for thread in set(threading.enumerate()) - self._threads
            if _outlives_a_moment(thread)
        ]
        changed = [name for name in settings if settings[name] != self._settings[name]]
        changed += [
            f"descriptor {number}"
            for number, target in self._table.items()
            if after.get(number) != target
        ]
        changed += ["a child, whose exit status it took"] * bool(self._children - children)
        return left, changed


def _table() -> dict[int, str]:
    return {
        entry.number: entry.target
        for entry in descriptors_of(os.getpid())
        if entry.number < OWN_DESCRIPTORS and "/proc/" not in entry.target
    }


def _settings() -> dict[str, Any]:
    return {
        "the current directory": os.getcwd(),
        "the umask": _umask(),
        "the environment": dict(os.environ),
        "the signal handlers": {number: str(signal.getsignal(number)) for number in range(1, 32)},
        "the signal mask": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "a timer": signal.getitimer(signal.ITIMER_REAL),
    }


def _umask() -> int:
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def _child_left(pid: int) -> list[str]:
    if _has_ended(pid):
        return ["zombie", "a child has ended, and nobody waited for it"]
    return ["process", f"process {_name_of(pid)} is still running"]


def _name_of(pid: int) -> str:
    found = observe_process(pid)
    return (found.command[:60] if found else "") or "a child"


def _has_ended(pid: int) -> bool:
    """Whether it ends within a moment."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    poller = select.poll()
    poller.register(pidfd, select.POLLIN)
    has_ended = bool(poller.poll(_MOMENT))
    os.close(pidfd)
    return has_ended


def _outlives_a_moment(thread: threading.Thread) -> bool:
    thread.join(_MOMENT / 1000)
    return thread.is_alive()
