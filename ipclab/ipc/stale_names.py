"""The name is taken: by whom, and may I have it?

`O_CREAT | O_EXCL` creates an object or fails, in one step, so that of two processes one gets the name. The
other needs to know what stands there. An object whose creator still runs is in use. One whose creator has
ended without removing it is stale: a crash left it, and its contents are whatever they were then.

Removing it is a race of its own: two processes may find the same stale object, the faster one removes
it and creates a new one, and the slower one then removes the new one. See `remove_if_stale`.

Read more: man 3 shm_open, "O_EXCL"; man 2 flock.
"""

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator

import posix_ipc

from .owners import ENDED, forget, owner_of

NO_ROOM = "no room in /dev/shm; `df /dev/shm` shows it, `ipclab clean` removes what was left there"
NO_FOLDER = "no shared memory or semaphores here: is there a tmpfs at /dev/shm?"


@contextlib.contextmanager
def explaining(name: str, path: str, creating: bool) -> Iterator[None]:
    """Turns posix_ipc's errors into Python's own, with what is known about the object."""
    try:
        yield
    except posix_ipc.PermissionsError:
        words = "it belongs to another user, or its mode does not let you in"
        raise PermissionError(errno.EACCES, words, name) from None
    except posix_ipc.ExistentialError:
        if not creating:
            words = "nothing of that name: is its creator not there yet, or gone?"
            raise FileNotFoundError(errno.ENOENT, words, name) from None
        if not os.path.lexists(path):
            raise OSError(errno.ENOSYS, NO_FOLDER, name) from None
        raise FileExistsError(errno.EEXIST, _whose(path), name) from None
    except OSError as error:
        words = {errno.ENOSPC: NO_ROOM, errno.ENOSYS: NO_FOLDER}.get(error.errno or 0, "")
        if not words:
            raise
        raise OSError(error.errno, words, name) from None


def _whose(path: str) -> str:
    owner = owner_of(path)
    if owner is None:
        return "the name is taken, and nobody noted by whom"
    if owner.state == ENDED:
        return f"{owner} created it and has ended: it is stale, and `ipclab clean` removes it"
    return f"the name is taken: {owner} created it, and {owner.state}"


def remove_if_stale(path: str) -> bool:
    """Remove the object at `path`, and its note, if the process that created it has ended.

    Two processes may try at once, and a third may create it anew meanwhile: the lock is on the
    object itself, and who gets it second sees that the path leads to another one by now.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        owner = owner_of(path)
        stale = owner is not None and owner.state == ENDED
        if not stale or not _is_open_at(fd, path):
            return False
        forget(path)
        os.unlink(path)
        return True
    finally:
        os.close(fd)


def _is_open_at(fd: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), os.lstat(path))
    except FileNotFoundError:
        return False
