"""Who waits for whom, and can it ever end?

Every sleeping thread waits for an object: bytes in a pipe, room in a pipe, the end of a child, a
semaphore. The processes that could bring it about are its releasers. A thread can go on if any of
its releasers can; what remains when nobody else is added is stuck for ever: that is a proof, not a
time-out. The graph process -> releasers then tells the kind: a cycle is a deadlock; a reader that is
the only one left who could write has forgotten a close.
"""

from __future__ import annotations

import fcntl
import os
import struct
import termios
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from . import semaphores, syscalls
from .observe import Observed, Thread, mappings_of
from .results import Descriptor, Process, Wait

_OUTSIDE = "it waits for something outside the run"


@dataclass(frozen=True)
class Holder:
    """A process that has one end of a pipe open, by a certain descriptor."""

    pid: int
    descriptor: Descriptor


class Release(NamedTuple):
    """Who could end a wait, and why it goes on, in words."""

    why: str
    wants: str = ""  # as in results.Wait
    releasers: frozenset[int] = frozenset()  # processes of the run
    outside: bool = False  # something outside the run, or a clock
    awaited: frozenset[int] = frozenset()  # the releasers whose end is what is waited for
    held: int | None = None  # bytes in a full pipe


@dataclass(frozen=True)
class Blocked:
    """One thread that sleeps until somebody acts."""

    process: Observed
    thread: Thread
    wait: syscalls.Wait
    release: Release
    record: Wait


class WaitGraph:
    """The waits of all processes of a run at one moment."""

    def __init__(
        self,
        processes: Mapping[int, Observed],
        names: Mapping[int, str],
        first: int,
        served: Collection[int],
        sealed: bool,
        real_shm: bool = False,
    ) -> None:
        """`served`: inodes of pipes whose other end the supervisor holds, which never lets go.

        `real_shm`: others than the run's processes can open what it has in /dev/shm.
        """
        self.first = first
        self.processes = {
            pid: process
            for pid, process in processes.items()
            if process.state not in ("zombie", "ended")
        }
        self.ended = [name for pid, name in names.items() if pid not in self.processes]
        self.zombies = [process for process in processes.values() if process.state == "zombie"]
        self.names = names
        self._served = served
        self._sealed = sealed
        self._real_shm = real_shm

    @cached_property
    def blocked(self) -> list[Blocked]:
        return [
            self._block(process, thread)
            for process in self.processes.values()
            for thread in process.threads
            if thread.wait is not None
        ]

    @cached_property
    def alive(self) -> set[int]:
        """Processes that can go on, by themselves or because another one can."""
        asleep = {entry.thread.tid for entry in self.blocked}
        alive = {
            process.pid
            for process in self.processes.values()
            if process.state != "stopped"
            and any(thread.tid not in asleep for thread in process.threads)
        }
        alive |= {entry.process.pid for entry in self.blocked if entry.release.outside}
        if alive:  # anybody who is awake could send SIGCONT
            alive |= {pid for pid, process in self.processes.items() if process.state == "stopped"}
        while True:
            more = {
                entry.process.pid for entry in self.blocked if entry.release.releasers & alive
            } - alive
            if not more:
                return alive
            alive |= more

    @cached_property
    def stuck(self) -> list[int]:
        """Processes that can never go on."""
        return [pid for pid in self.processes if pid not in self.alive]

    def waits_of(self, pid: int) -> list[Blocked]:
        return [entry for entry in self.blocked if entry.process.pid == pid]

    def chain(self, first: int) -> tuple[list[int], list[int]]:
        """Following the waits from `first`: the processes on the way, and the cycle it ends in, if any."""
        way = [first]
        while True:
            releasers = sorted(
                {pid for entry in self.waits_of(way[-1]) for pid in entry.release.releasers}
            )
            others = [pid for pid in releasers if pid != way[-1]]
            if not others:
                return way, []
            if others[0] in way:
                return way, way[way.index(others[0]) :]
            way.append(others[0])

    def holders(self, inode: int, writing: bool) -> list[Holder]:
        """Who can write into (or read from) a pipe."""
        return [
            Holder(process.pid, entry)
            for process in self.processes.values()
            for entry in process.descriptors
            if entry.is_pipe
            and entry.inode == inode
            and (entry.writable if writing else entry.readable)
        ]

    def describe(self) -> tuple[Process, ...]:
        """The processes as records, each with its waits in words."""
        return tuple(self._record(process) for process in [*self.processes.values(), *self.zombies])

    def name_holders(self, holders: Iterable[Holder]) -> str:
        return " and ".join(
            f"{self.names[holder.pid]} (fd {holder.descriptor.number})" for holder in holders
        )

    def _record(self, process: Observed) -> Process:
        waits = self.waits_of(process.pid)
        return Process(
            name=self.names[process.pid],
            pid=process.pid,
            parent=process.parent,
            command=process.command,
            state=process.state,
            descriptors=process.descriptors,
            waits=tuple(entry.record for entry in waits),
        )

    def _block(self, process: Observed, thread: Thread) -> Blocked:
        assert thread.wait is not None
        release = self._release(process, thread.wait)
        siblings = [entry.tid for entry in process.threads]
        record = Wait(
            call=self._call(thread.wait, release),
            why=release.why,
            wants=release.wants,
            descriptors=thread.wait.reads + thread.wait.writes,
            held=release.held,
            releasers=tuple(sorted(release.releasers)),
            thread=siblings.index(thread.tid) + 1 if len(siblings) > 1 else None,
        )
        if thread.wait.timed:
            release = release._replace(outside=True)
        return Blocked(process, thread, thread.wait, release, record)

    def _call(self, wait: syscalls.Wait, release: Release) -> str:
        """As a learner would write it; a process has its name there: an id looks like a descriptor."""
        if release.wants == "end" and len(release.releasers) == 1:
            (pid,) = release.releasers
            return wait.call.replace(f"({pid})", f"({self.names.get(pid, pid)})")
        return wait.call

    def _release(self, process: Observed, wait: syscalls.Wait) -> Release:
        if wait.reads or wait.writes:
            return self._from_descriptors(process, wait)
        if wait.child is not None:
            children = {pid for pid, other in self.processes.items() if other.parent == process.pid}
            return self._from_end_of({wait.child} & children if wait.child else children)
        if wait.futex is not None:
            return self._from_futex(process, wait.futex)
        others = frozenset(pid for pid in self.processes if pid != process.pid)
        if wait.fifo is not None:
            return Release(
                "no process has opened the other end of this FIFO", "fifo", others, not self._sealed
            )
        if wait.lock is not None:
            return Release(
                "another process holds the file's lock", "lock", others, not self._sealed
            )
        if wait.signal:
            return Release("it waits for a signal", "signal", others, True)
        if wait.timed:
            return Release("it will wake up by itself", "time", outside=True)
        return Release(_OUTSIDE, outside=True)

    def _from_descriptors(self, process: Observed, wait: syscalls.Wait) -> Release:
        """Any of the descriptors will do."""
        wanted = [(fd, True) for fd in wait.reads] + [(fd, False) for fd in wait.writes]
        parts = [self._from_descriptor(process, number, reading) for number, reading in wanted]
        wants = {part.wants for part in parts}
        return Release(
            "; ".join(dict.fromkeys(part.why for part in parts)),
            wants.pop() if len(wants) == 1 else "",
            frozenset().union(*(part.releasers for part in parts)),
            any(part.outside for part in parts),
            frozenset().union(*(part.awaited for part in parts)),
            next((part.held for part in parts if part.held is not None), None),
        )

    def _from_descriptor(self, process: Observed, number: int, reading: bool) -> Release:
        entry = process.descriptor(number)
        if entry is None or entry.inode in self._served:
            return Release(_OUTSIDE, outside=True)
        if "[pidfd]" in entry.target:
            ended = syscalls.Memory(process.pid).pid_of(number)
            return self._from_end_of({ended} & set(self.processes))
        if not entry.is_pipe:
            return Release(_OUTSIDE, outside=True)
        holders = self.holders(entry.inode, writing=reading)
        releasers = frozenset(holder.pid for holder in holders)
        who = self.name_holders(holders)
        if not reading:
            fill = pipe_fill(holders[0]) if holders else None
            told = f" ({fill.held:,} of {fill.capacity:,} bytes)" if fill else ""
            why = f"the pipe is full{told} and can be read only by {who or 'nobody'}"
            return Release(why, "room", releasers, held=fill.held if fill else None)
        if releasers == {process.pid}:
            why = f"the pipe can still be written by {who}: it never closed its write end"
        else:
            why = f"the pipe is empty and can still be written by {who}"
        return Release(why, "bytes", releasers)

    def _from_end_of(self, awaited: set[Any]) -> Release:
        who = " or ".join(self.names[pid] for pid in sorted(awaited)) or "a child"
        return Release(
            f"it waits for {who} to end", "end", frozenset(awaited), not awaited, frozenset(awaited)
        )

    def _from_futex(self, process: Observed, address: int) -> Release:
        mapping = next((m for m in mappings_of(process.pid) if m.start <= address < m.end), None)
        if mapping is None:
            why = "it waits for another thread of its own process"
            return Release(why, "thread", frozenset({process.pid}))
        users = frozenset(
            pid
            for pid in self.processes
            if any((m.device, m.inode) == (mapping.device, mapping.inode) for m in mappings_of(pid))
        )
        who = [self.names[pid] for pid in sorted(users - {process.pid})]
        if semaphores.is_anonymous(mapping):
            outside = False
        elif semaphores.in_shared_memory(mapping):
            outside = self._real_shm
        else:
            outside = not self._sealed
        if outside:
            who.append("a process outside the run")
        what = semaphores.describe(process.pid, address, mapping)
        why = f"{what} could be posted by {' or '.join(who) or 'nobody else'}"
        return Release(why, "semaphore", users, outside)


class Fill(NamedTuple):
    """How full a pipe is, in bytes."""

    held: int
    capacity: int


def pipe_fill(holder: Holder) -> Fill | None:
    """Read through a descriptor of our own; None where that is not allowed."""
    path = f"/proc/{holder.pid}/fd/{holder.descriptor.number}"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        (held,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)))
        return Fill(held, fcntl.fcntl(descriptor, fcntl.F_GETPIPE_SZ))
    finally:
        os.close(descriptor)
