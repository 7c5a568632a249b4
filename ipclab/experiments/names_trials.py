"""What does this system make of a name? The C calls themselves, one trial after the other.

Each trial runs in a /dev/shm of its own, so that plain names disturb nobody. The calls are made
through ctypes: they return errno as it is, and take any bytes that C takes.
"""

from __future__ import annotations

import ctypes
import errno
import os
import random
from collections.abc import Callable
from typing import Any

from ipclab.ipc.names import LONGEST, valid_name

FLAGS = os.O_CREAT | os.O_EXCL | os.O_RDWR
MODE = 0o600
VALUE = 3  # what the semaphore of `one_folder` starts with
EXAMPLES = 600
_KINDS = ("shm", "sem")


def create(kind: str, name: bytes) -> str:
    """Create an object of this kind, and remove it again: "" if that worked, else the errno's name."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.sem_open.restype = ctypes.c_void_p
    if kind == "shm":
        made = libc.shm_open(name, FLAGS, MODE)
        worked = made >= 0
    else:
        made = libc.sem_open(name, FLAGS, MODE, 1)
        worked = made is not None  # SEM_FAILED is a null pointer
    if not worked:
        return errno.errorcode[ctypes.get_errno()]
    if kind == "shm":
        os.close(made)
    else:
        libc.sem_close(ctypes.c_void_p(made))
    getattr(libc, f"{kind}_unlink")(name)
    return ""


def answers(names: list[str]) -> list[tuple[str, str]]:
    """What shm_open and what sem_open say to each name."""
    return [(create("shm", name.encode()), create("sem", name.encode())) for name in names]


def longest(letter: str) -> list[tuple[int, int, str]]:
    """For both kinds: how many letters are accepted after the slash, bytes of those, errno of one more."""
    found = []
    for kind in _KINDS:
        accepted = 0
        while not (refusal := create(kind, ("/" + letter * (accepted + 1)).encode())):
            accepted += 1
        found.append((accepted, len((letter * accepted).encode()), refusal))
    return found


def one_folder() -> tuple[list[str], list[int]]:
    """A semaphore "/x", looked at as shared memory "/sem.x": the folder's entries, and its counter.

    The counter is read after sem_open, after one release and after two acquires. glibc keeps it in
    the first four bytes.
    """
    import posix_ipc

    semaphore = posix_ipc.Semaphore("/x", posix_ipc.O_CREX, initial_value=VALUE)
    memory = posix_ipc.SharedMemory("/sem.x")
    try:
        seen = [_counter(memory.fd)]
        semaphore.release()
        seen.append(_counter(memory.fd))
        semaphore.acquire()
        semaphore.acquire()
        seen.append(_counter(memory.fd))
        return os.listdir("/dev/shm"), seen
    finally:
        memory.close_fd()
        semaphore.unlink()


def _counter(fd: int) -> int:
    return int.from_bytes(os.pread(fd, 4, 0), "little")


def counterexample(rule: Callable[[str], Any], seed: int) -> tuple[str, str] | None:
    """The simplest name that `rule` judges otherwise than the portable one, and what it said; or None."""
    from hypothesis import find, settings
    from hypothesis.errors import NoSuchExample

    def said(name: str) -> str:
        try:
            return str(bool(rule(name)))
        except Exception as error:  # a learner's rule may raise anything
            return f"{type(error).__name__}: {error}"

    try:
        name = find(
            _names(),
            lambda name: said(name) != str(valid_name(name)),
            settings=settings(max_examples=EXAMPLES, database=None),
            random=random.Random(seed),
        )
    except NoSuchExample:
        return None
    return name, said(name)


def _names() -> Any:
    """A strategy for names: short ones of any letters, and long ones around the limits."""
    from hypothesis import strategies as st

    letters = st.sampled_from("a0.-_ /\0\n\x7fé中🙂")
    short = st.text(letters, max_size=8)
    long = st.builds(_about_as_long_as_allowed, letters, st.integers(-1, 6))
    return st.builds(str.__add__, st.sampled_from(("/", "", "//")), st.one_of(short, long))


def _about_as_long_as_allowed(letter: str, more: int) -> str:
    return letter * (LONGEST // len(letter.encode()) + more)
