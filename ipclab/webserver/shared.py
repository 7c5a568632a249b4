"""What do the server, its workers and the commands of another shell share, and under which names?

Two objects in shared memory, found by the port alone:

    /ipclab-<uid>-<port>-conf     the configuration, as config.py lays it out, and nothing else
    /ipclab-<uid>-<port>-state    how far it is published (publishing.py), and a row for each worker

A row has eight words. Only its own worker writes it, each word in one step of the processor, and
everybody may read it; the server clears the row of a worker that has died.

Read more: man 7 shm_overview.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
import zlib
from collections.abc import Iterator
from types import TracebackType

from ipclab.ipc import owners
from ipclab.ipc.layouts import Layout
from ipclab.ipc.names import memory_path, object_name, semaphore_path
from ipclab.ipc.semaphores import Semaphore
from ipclab.ipc.shared_memory import SharedMemory
from ipclab.ipc.stale_names import remove_if_stale

from .config import CONFIG

LONGEST_PATH = 1024  # bytes of the path of a learner's file
STATE = Layout(
    "webstate",
    1,
    sequence="Q",
    published="Q",  # nanoseconds of CLOCK_MONOTONIC, just before the latest publication
    workers="I",  # how many rows there are
    config_checksum="I",
    journal_checksum="I",
    journal_filler="I",
    journal=f"{CONFIG.size}s",
    solution=f"{LONGEST_PATH}s",  # the file whose functions publish and read; empty: the server's own
)
WORD = 8  # bytes
PID, VERSION, TAKEN_UP, REQUESTS, CONNECTIONS, STARTED = range(6)
ROW_WORDS = 8
_FIRST_ROW = -(-STATE.size // 64) * 8  # in words; a row begins where a cache line does


class Shared:
    """Both objects, mapped. Made by `create` in the server and by `attach` in every other program."""

    def __init__(self, port: int, config: SharedMemory, state: SharedMemory) -> None:
        self.port = port
        self.config, self.state = config, state
        self.words = memoryview(state.map).cast("Q")  # words[0] is the sequence
        self.lock: Semaphore | None = None  # for a learner's functions; the server's own need none
        self.workers: int = state["workers"]

    @classmethod
    def create(cls, port: int, workers: int, first: bytes, solution: str = "") -> Shared:
        """New objects for a server on `port`, instead of those that a dead one left.

        They hold the configuration `first` before anybody else can attach to them.

        Raises FileExistsError when a living server of this user has them, OSError (ENOSPC) when
        /dev/shm is full, ValueError for a path of over 1024 bytes.
        """
        path = os.fsencode(solution)
        if len(path) > LONGEST_PATH:
            raise ValueError(f"{solution}: a path of {len(path)} bytes; {LONGEST_PATH} are allowed")
        clear(port)
        size = (_FIRST_ROW + workers * ROW_WORDS) * WORD
        with contextlib.ExitStack() as undo:
            config = undo.enter_context(
                SharedMemory.create(name_of(port, "conf"), size=CONFIG.size)
            )
            config.map[:] = first
            values = {
                "published": time.monotonic_ns(),
                "workers": workers,
                "config_checksum": checksum(first, 0),
                "journal_checksum": checksum(first, 0),
                "journal": first,
                "solution": path,
            }
            state = undo.enter_context(
                SharedMemory.create(name_of(port, "state"), STATE, size=size, values=values)
            )
            lock = Semaphore.create(name_of(port, "lock")) if solution else None
            undo.pop_all()
        shared = cls(port, config, state)
        shared.lock = lock
        return shared

    @classmethod
    def attach(cls, port: int) -> Shared:
        """The objects of the server on `port`. Raises FileNotFoundError when this user has none there."""
        try:
            state = SharedMemory.attach(name_of(port, "state"), STATE)
            config = SharedMemory.attach(name_of(port, "conf"))
        except FileNotFoundError:
            words = f"you have no web server on port {port}; start one: ipclab webserver serve --port {port}"
            raise FileNotFoundError(errno.ENOENT, words) from None
        shared = cls(port, config, state)
        if shared.solution:
            shared.lock = Semaphore.attach(name_of(port, "lock"))
        return shared

    @classmethod
    def of_running_server(cls, port: int) -> Shared:
        """As attach, but not to what a server left that was killed. Raises FileNotFoundError."""
        owner = owners.owner_of(memory_path(name_of(port, "state")))
        if owner and owner.state == owners.ENDED:
            words = f"your web server on port {port} was killed; start it anew"
            raise FileNotFoundError(errno.ENOENT, words)
        return cls.attach(port)

    @property
    def solution(self) -> str:
        """The learner's file that the server was started with, or nothing."""
        return os.fsdecode(self.state["solution"].rstrip(b"\0"))

    def row(self, worker: int) -> memoryview:
        """The words of one worker: an index of PID, VERSION, … leads to one."""
        first = _FIRST_ROW + worker * ROW_WORDS
        return self.words[first : first + ROW_WORDS]

    def rows(self) -> Iterator[memoryview]:
        return map(self.row, range(self.workers))

    def close(self) -> None:
        """Give the mappings back; the creator's names stay. Rows must not be used any more."""
        self.words.release()
        self.state.close()
        self.config.close()
        if self.lock:
            self.lock.close()

    def unlink(self) -> None:
        """Remove the names. Only the creator may."""
        for each in (self.lock, self.state, self.config):
            if each:
                each.unlink()

    def __enter__(self) -> Shared:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def checksum(data: bytes, publication: int) -> int:
    """Of the bytes of a configuration and the number of its publication."""
    return zlib.crc32(data, publication & 0xFFFFFFFF)


def name_of(port: int, label: str) -> str:
    return object_name(str(port), label)


def clear(port: int) -> None:
    """Remove what a server on this port left that was killed."""
    for label in ("state", "conf"):
        remove_if_stale(memory_path(name_of(port, label)))
    remove_if_stale(semaphore_path(name_of(port, "lock")))
