"""How does a process make sure that others see its stores in the order in which it made them?

A processor may show the stores of one process to others in another order, and may load a word before
an earlier store of the same process has become visible. POSIX promises order at a few calls only, sem_post and
sem_wait among them: what was stored before is seen by whoever comes after. One post and one wait on a
semaphore that nobody else waits for never block, and nothing moves across them.

    memory[0:8] = item
    fence()
    words[TAIL] = 1         # who sees 1 here sees the item

Processors of the x86 family keep stores in order among themselves, and loads too; they reorder only a load before
an earlier store to another place. Where that is enough, the fence is not called: KEEPS_ORDER.

Read more: POSIX, Base Definitions, 4.12; Intel SDM, volume 3, 'Memory Ordering'.
"""

import contextlib
import platform
import secrets
from collections.abc import Callable

import posix_ipc

from .names import object_name

KEEPS_ORDER = platform.machine() in ("x86_64", "i686", "AMD64")


class Fence:
    """Call it between two accesses. It uses a semaphore that has no name any more."""

    def __init__(self) -> None:
        name = object_name(secrets.token_hex(3), "fnc")
        self._semaphore = posix_ipc.Semaphore(name, posix_ipc.O_CREX, 0o600, 0)
        self._semaphore.unlink()
        self.post: Callable[[], None] = self._semaphore.release
        self.wait: Callable[[], None] = self._semaphore.acquire

    def __call__(self) -> None:
        self.post()
        self.wait()

    def close(self) -> None:
        with contextlib.suppress(posix_ipc.ExistentialError):
            self._semaphore.close()
