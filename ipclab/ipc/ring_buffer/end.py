"""What both ends of a ring buffer share: the memory, the semaphores, and how to sleep."""

from __future__ import annotations

import contextlib
import errno
import os
import time

import posix_ipc

from ipclab.ipc.fences import Fence

from .members import GUEST, Members
from .memory import CONSUMERS_SLEEP, RingMemory
from .taught import semaphore_name

LABELS = {"turn": 1, "item": 0, "room": 0}
SPINS = 50 if len(os.sched_getaffinity(0)) > 1 else 0  # looks before sleeping
SLEEP = 0.25  # seconds after which a sleeper looks whether its peers live


class End:
    """One process's handle of a ring buffer."""

    def __init__(self, name: str, memory: RingMemory) -> None:
        self.name, self.capacity, self.item_size = name, memory.capacity, memory.item_size
        self._memory, self._words = memory, memory.words
        self._turn, self._item, self._room = (
            posix_ipc.Semaphore(semaphore_name(name, label)) for label in LABELS
        )
        self._fence = Fence()
        self._members = Members(memory)
        self._place = self._members.join(GUEST)  # where this process stands among the members

    def _wake_consumer(self) -> None:
        """Wake one; it wakes the next if there is more to take. The flag is set again by whoever wakes."""
        self._words[CONSUMERS_SLEEP] = 0
        if not self._item.value:
            self._item.release()


class Deadline:
    """How long a call may still wait."""

    def __init__(self, timeout: float | None) -> None:
        self._end = None if timeout is None else time.monotonic() + timeout

    def sleep(self, semaphore: posix_ipc.Semaphore, longest: float) -> bool:
        """Sleep until somebody posts: true; at most `longest` seconds: false.

        Raises TimeoutError when the call's time is over, InterruptedError after a signal: what its
        handler raised is lost (posix_ipc 1.3.2), so that to go on might hide it for ever.
        """
        if self._end is not None:
            left = self._end - time.monotonic()
            if left <= 0:
                raise TimeoutError(errno.ETIMEDOUT, "nobody came within the time allowed")
            longest = min(longest, left)
        try:
            semaphore.acquire(longest)
        except posix_ipc.BusyError:
            return False
        except posix_ipc.SignalError:
            words = "a signal came while it waited; nothing was put or taken, so try again"
            raise InterruptedError(errno.EINTR, words) from None
        return True


def close_all(*semaphores: posix_ipc.Semaphore) -> None:
    """Close them; those that are closed already stay so."""
    for semaphore in semaphores:
        with contextlib.suppress(posix_ipc.ExistentialError):
            semaphore.close()
