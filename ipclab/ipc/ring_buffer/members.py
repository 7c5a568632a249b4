"""Who takes part in a ring buffer, and does anybody miss who died?

Every process that uses the buffer notes itself in the shared memory: its id, when it started (an id
alone may be another process's by now), and what it does. Who leaves removes its note. A note of a
process that runs no more is therefore a death, whatever the cause.

Notes are written under a lock that the kernel gives back when its holder dies: fcntl's, on the memory's own
descriptor. It is slow, about a system call, and needed once in a process's life.

Read more: man 2 fcntl, 'Advisory record locking'.
"""

import contextlib
import errno
import fcntl
import itertools
import os
from collections.abc import Iterator
from typing import NamedTuple

from ipclab.ipc.owners import start_of

from .memory import MEMBERS, MOST_MEMBERS, NAMESPACE, RingMemory

GUEST, CONSUMER, PRODUCER = 1, 2, 3


class PeerDied(OSError):
    """A process that the caller waits for has died, and nobody can take its place."""

    def __init__(self, words: str) -> None:
        super().__init__(errno.EOWNERDEAD, words)


class Member(NamedTuple):
    """One process that uses the buffer."""

    pid: int
    started: int  # clock ticks after the boot
    role: int

    @property
    def runs(self) -> bool:
        return start_of(str(self.pid)) == self.started


class Members:
    """The notes of one buffer, and the one that this process wrote through one handle."""

    def __init__(self, memory: RingMemory) -> None:
        self._memory = memory
        self._own: int | None = None
        # Ids of another namespace mean other processes here: nobody is declared dead then.
        self._visible = memory.words[NAMESPACE] == pid_namespace()

    @contextlib.contextmanager
    def exclusively(self) -> Iterator[None]:
        """A lock among processes, which the death of its holder gives back."""
        fcntl.lockf(self._memory.fd, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._memory.fd, fcntl.LOCK_UN)

    def join(self, role: int) -> int:
        """Note this process, or its new role. Returns the number of the note, from 1 on.

        Raises OSError (ENOSPC) when there are 64 already that live.
        """
        words = self._memory.words
        started = start_of("self")
        assert started is not None, "/proc/self is this process"
        with self.exclusively():
            if self._own is None:
                self._own = self._free_place()
            place = MEMBERS + 2 * self._own
            words[place + 1] = started
            words[place] = os.getpid() << 8 | role
        return self._own + 1

    def _free_place(self) -> int:
        places = range(MOST_MEMBERS)
        unused = (place for place in places if not self._memory.words[MEMBERS + 2 * place])
        for place in itertools.chain(unused, filter(self.dead, places)):
            return place
        raise OSError(errno.ENOSPC, f"{MOST_MEMBERS} processes use this ring buffer already")

    def leave(self) -> None:
        """Remove the note."""
        if self._own is not None:
            self._memory.words[MEMBERS + 2 * self._own] = 0
            self._own = None

    def forked(self) -> None:
        """This process is a child now: the note is its parent's."""
        self._own = None

    def __getitem__(self, place: int) -> Member:
        word, started = self._memory.words[MEMBERS + 2 * place : MEMBERS + 2 * place + 2]
        return Member(word >> 8, started, word & 0xFF)

    def dead(self, place: int) -> bool:
        """Has the process that wrote this note died?"""
        member = self[place]
        return self._visible and member.role > 0 and not member.runs

    def find(self, role: int | None = None) -> tuple[list[Member], list[Member]]:
        """Those with a role, or all: who lives, this handle not counted, and who died."""
        others = [self[place] for place in range(MOST_MEMBERS) if place != self._own]
        chosen = [each for each in others if each.role and role in (None, each.role)]
        if not self._visible:
            return chosen, []
        return [each for each in chosen if each.runs], [each for each in chosen if not each.runs]


def pid_namespace() -> int:
    return os.stat("/proc/self/ns/pid").st_ino
