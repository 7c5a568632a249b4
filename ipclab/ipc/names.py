"""What may an object be called, so that two processes find the same one and nobody else's?

Shared memory and semaphores have names instead of descriptors: whoever knows the name can open the
object. A portable name is

    /           one slash, the first character
    counter     1 to 251 bytes (UTF-8 may need several for one character), no other slash, no NUL

and neither "/." nor "/..". Linux keeps the objects as files in /dev/shm, semaphores with "sem." in
front, and accepts more than this: "counter" and "//counter" too, whose meaning POSIX leaves to each
implementation. The limit of 251 is Linux's; POSIX promises 14 bytes, and other systems have others.

A name belongs to the whole machine. So that two users, or two programs of one user, never meet by
accident, ours say whose they are:

    /ipclab-1000-k3f9-counter
            |    |    |
            |    |    label: which object of the run
            |    run: which run of which program, often random
            user id

Read more: man 7 shm_overview, man 7 sem_overview.
"""

import os
import re
import secrets

FOLDER = "/dev/shm"
SEMAPHORE_PREFIX = "sem."
LONGEST = 251  # bytes after the slash: a file name has 255, and a semaphore's begins with "sem."
LONGEST_OF_OURS = 30  # bytes, slash included: short enough for other systems too

_RUN_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_RUN = re.compile(r"[a-z0-9]+")
_LABEL = re.compile(r"[a-z0-9.-]+")


def valid_name(name: str) -> bool:
    """Can shared memory and a semaphore both be called `name`, on Linux and in the form that POSIX asks for?"""
    return why_not_portable(name) is None


def why_not_portable(name: str) -> str | None:
    """The part of the rule that a name breaks, in words; None for a portable name."""
    if not name.startswith("/"):
        return "it must begin with a slash"
    if "/" in name[1:]:
        return "it may have no slash but the first"
    if "\0" in name:
        return "it contains a NUL, which ends a name in C"
    if name in ("/", "/.", "/.."):
        return "there must be something after the slash, and neither . nor .."
    try:
        size = len(name.encode()) - 1
        os.fsencode(name)
    except UnicodeEncodeError as error:
        return f"it contains {name[error.start]!a}, which cannot be written as {error.encoding}"
    if size > LONGEST:
        return f"it has {size} bytes after the slash; {LONGEST} are allowed"
    return None


def checked(name: str) -> str:
    """`name`, if it is portable.

    Ask before posix_ipc sees it: version 1.3.2 does not survive a NUL or a character that cannot be
    encoded. Raises ValueError with the rule that is broken, TypeError for anything but a str.
    """
    if not isinstance(name, str):
        raise TypeError(f"a name is a str, not {type(name).__name__}")
    reason = why_not_portable(name)
    if reason:
        raise ValueError(
            f"{name[:40]!a} is no portable name: {reason}; try object_name(new_run(), 'counter')"
        )
    return name


def new_run() -> str:
    """A random word for the names of one run of a program."""
    return "".join(secrets.choice(_RUN_LETTERS) for _ in range(4))


def object_name(run: str, label: str, uid: int | None = None) -> str:
    """`/ipclab-<uid>-<run>-<label>`; the user is the one who runs this process unless `uid` says else.

    Raises ValueError for letters that do not belong there, and for more than 30 bytes in all.
    """
    if not _RUN.fullmatch(run):
        raise ValueError(f"run {run!r}: lower-case letters and digits only")
    if not _LABEL.fullmatch(label):
        raise ValueError(f"label {label!r}: lower-case letters, digits, '.' and '-' only")
    name = f"/{prefix_of(os.getuid() if uid is None else uid)}{run}-{label}"
    if len(name) > LONGEST_OF_OURS:
        raise ValueError(
            f"{name} has {len(name)} bytes; {LONGEST_OF_OURS} are allowed. Try a label of "
            f"{max(0, len(label) - len(name) + LONGEST_OF_OURS)} letters, or a shorter run"
        )
    return name


def prefix_of(uid: int) -> str:
    """How the names of all objects of the course begin that belong to this user, without the slash."""
    return f"ipclab-{uid}-"


def memory_path(name: str) -> str:
    """The file that a shared-memory object is on Linux."""
    return FOLDER + checked(name)


def semaphore_path(name: str) -> str:
    """The file that a semaphore is on Linux."""
    return f"{FOLDER}/{SEMAPHORE_PREFIX}{checked(name)[1:]}"
