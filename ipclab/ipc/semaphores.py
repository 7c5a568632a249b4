"""How does a process wait for another one, and how do two of them take turns?

A semaphore is a counter that never goes below zero. `acquire` takes one, and sleeps while there is
none; `release` gives one, and wakes a sleeper. Made with the value 1 it is a lock, with 0 a signal that
somebody must give first, with n a store of n things.

    with new_semaphore(object_name(new_run(), "lock")) as lock:     # elsewhere: open_semaphore(name)
        with lock:
            memory["value"] += 1        # of all who use this lock, one at a time

Three things it does not do. It knows no holder: a process that takes it twice waits for itself, any
process may give it back, and one that dies in between gives nothing back. It does not guard the memory:
who does not ask for it is not kept out. And it is not fair: who comes later may be served first.

What it does beyond counting: what a process stored before its `release`, another one sees after the
`acquire` that took it. Without that, each processor may show stores in an order of its own.

Read more: man 7 sem_overview, man 3 sem_wait, man 3 sem_open; POSIX, Base Definitions, 4.12.
"""

import contextlib
import errno
import os
from collections.abc import Iterator

import posix_ipc

from . import owners
from .names import semaphore_path
from .stale_names import explaining


class Semaphore:
    """A named semaphore. Made by `create` or `attach`, not by hand. `with` takes it and gives it back."""

    def __init__(self, name: str, semaphore: posix_ipc.Semaphore, creator: int) -> None:
        self.name = name
        self._semaphore = semaphore
        self._creator = creator  # the process that may remove the name; 0: another one's
        self._unlinked = False

    @classmethod
    def create(cls, name: str, value: int = 1) -> "Semaphore":
        """Make a new semaphore; 1 makes it a lock that is free.

        Raises FileExistsError when the name is taken, and says whose it is; OSError (ENOSPC) when
        /dev/shm has no room, or (ENOSYS) where there is none; ValueError for a name that is not portable.
        """
        path = semaphore_path(name)
        with explaining(name, path, creating=True):
            semaphore = posix_ipc.Semaphore(name, posix_ipc.O_CREX, mode=0o600, initial_value=value)
            try:
                owners.leave_note(path)
                os.chmod(path, 0o600)  # the umask was applied to the mode, whatever it is
            except BaseException:
                owners.forget(path)
                semaphore.unlink()
                semaphore.close()
                raise
        return cls(name, semaphore, os.getpid())

    @classmethod
    def attach(cls, name: str) -> "Semaphore":
        """Open one that was made already.

        Raises FileNotFoundError when there is none (yet, or any more), PermissionError when it is
        another user's.
        """
        with explaining(name, semaphore_path(name), creating=False):
            return cls(name, posix_ipc.Semaphore(name), creator=0)

    def acquire(self, timeout: float | None = None) -> None:
        """Take one; wait while there is none, at most `timeout` seconds if it is given.

        Raises TimeoutError; InterruptedError after a signal whose handler ran: whatever it raised is
        lost (posix_ipc 1.3.2), except for KeyboardInterrupt. man 3 sem_wait, EINTR.
        """
        try:
            self._semaphore.acquire(None if timeout is None else max(0.0, timeout))
        except posix_ipc.BusyError:
            words = f"nobody released it within {timeout} s (its value is 0)"
            raise TimeoutError(errno.ETIMEDOUT, words, self.name) from None
        except posix_ipc.SignalError:
            words = "a signal came while it waited; look what its handler did, then try again"
            raise InterruptedError(errno.EINTR, words, self.name) from None

    def release(self) -> None:
        """Give one, also without having taken any. Raises OverflowError beyond 2**31 - 1. man 3 sem_post."""
        self._semaphore.release()

    @property
    def kernel(self) -> posix_ipc.Semaphore:
        """posix_ipc's own object, for loops in which the time of a call through this class counts."""
        return self._semaphore

    @property
    def value(self) -> int:
        """How many there are now; it may be another number when you look at it."""
        return int(self._semaphore.value)

    @contextlib.contextmanager
    def held(self, timeout: float | None = None) -> Iterator[None]:
        """Take it for the length of a block, and give it back also when the block raises."""
        self.acquire(timeout)
        try:
            yield
        finally:
            self.release()

    def __enter__(self) -> "Semaphore":
        self.acquire()
        return self

    def __exit__(self, *exception: object) -> None:
        self.release()

    def unlink(self) -> None:
        """Remove the name, if it is still there; who has it open may go on. Only the creator may.

        Raises PermissionError in every other process.
        """
        owners.only_creator(self.name, self._creator)
        path = semaphore_path(self.name)
        if not self._unlinked and owners.is_ours(path):
            owners.forget(path)
            with contextlib.suppress(posix_ipc.ExistentialError):  # removed by hand
                posix_ipc.unlink_semaphore(self.name)
        self._unlinked = True

    def close(self) -> None:
        """This process is done with it. What it holds stays taken. man 3 sem_close."""
        with contextlib.suppress(posix_ipc.ExistentialError):  # it was closed before
            self._semaphore.close()


@contextlib.contextmanager
def new_semaphore(name: str, value: int = 1) -> Iterator[Semaphore]:
    """A semaphore for the length of a block; afterwards its creator removes the name."""
    semaphore = Semaphore.create(name, value)
    try:
        yield semaphore
    finally:
        if semaphore._creator == os.getpid():
            semaphore.unlink()
        semaphore.close()


@contextlib.contextmanager
def open_semaphore(name: str) -> Iterator[Semaphore]:
    """Somebody else's semaphore for the length of a block."""
    with contextlib.closing(Semaphore.attach(name)) as semaphore:
        yield semaphore
