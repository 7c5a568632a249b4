"""What of a run is worth drawing: its processes, the pipes between them, and who waits for whom.

Everything here is words and names; drawing.py gives it a place and a colour. What is the same for
every process and explains nothing is left out: /dev/null, and the pipes that collect the output.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from .family import GENERATIONS
from .phrases import other_descriptors, outcome, wanted
from .results import Descriptor, Process, Run, Wait

MOST_PROCESSES, MOST_PIPES = 6, 6  # nobody reads a drawing with more


@dataclass(frozen=True)
class Port:
    """One end of a pipe as one process holds it."""

    process: str
    end: str  # "read" or "write"
    numbers: tuple[int, ...]  # the descriptors that refer to it
    blocked: bool  # the process is blocked on it
    left_open: bool  # it was forgotten, and that matters


@dataclass(frozen=True)
class Pipe:
    """A pipe or a FIFO with all its ends."""

    name: str
    ports: tuple[Port, ...]
    level: str  # "full" or "empty"; "": nobody is blocked on it, so nothing is known
    remark: str

    def ports_for(self, end: str) -> list[Port]:
        return [port for port in self.ports if port.end == end]


@dataclass(frozen=True)
class Card:
    """A process in short."""

    name: str
    state: str
    place: str  # where in the learner's code
    command: str  # only what is not the run's own program
    others: tuple[str, ...]  # descriptors that are no pipe ends
    left_behind: bool
    ended: bool


@dataclass(frozen=True)
class Waiting:
    """One process waits for something that only the targets can bring about."""

    waiter: str
    what: str
    targets: tuple[str, ...]  # itself only where nobody else could help
    next_in_cycle: str | None
    instead: str  # what to say where there is nobody to point at


@dataclass(frozen=True)
class Scene:
    """All that a drawing shows."""

    cards: tuple[Card, ...]
    pipes: tuple[Pipe, ...]
    waits: tuple[Waiting, ...]
    hidden_processes: tuple[Process, ...]
    hidden_pipes: int


def place_in_family(name: str) -> tuple[int, int]:
    """Sorts names as people count: parent, child 1, child 2, child 10, grandchild."""
    title, _, number = name.partition(" ")
    rank = GENERATIONS.index(title) if title in GENERATIONS else len(GENERATIONS)
    return rank, int(number) if number.isdecimal() else 0


def compose(run: Run) -> Scene:
    """What to show of a run; the most telling part of it where it is too much."""
    view = _View(run)
    return Scene(
        cards=tuple(view.card(process) for process in view.shown),
        pipes=tuple(view.pipe(inode) for inode in view.shown_pipes),
        waits=tuple(view.waitings()),
        hidden_processes=tuple(p for p in view.processes if p not in view.shown),
        hidden_pipes=len(view.pipe_names) - len(view.shown_pipes),
    )


class _View:
    """A run seen with a drawer's eyes."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.processes = sorted(run.processes, key=lambda process: place_in_family(process.name))
        self.first = self.processes[0] if self.processes else None
        self.names = {process.pid: process.name for process in self.processes}
        self.waits = {
            process.name: process.waits[0] if process.waits else None for process in self.processes
        }
        self.cycle = run.stuck.cycle if run.stuck else ()
        self.ends: dict[int, list[tuple[Process, Descriptor]]] = defaultdict(list)  # by inode
        for process in self.processes:
            for entry in process.descriptors:
                if entry.is_pipe:
                    self.ends[entry.inode].append((process, entry))

    @cached_property
    def shown(self) -> list[Process]:
        """All, or those that explain most: the cycle, the first process, those that wait."""

        def dullness(process: Process) -> tuple[bool, bool, bool, bool]:
            first = process is self.first
            blocked = self.waits[process.name] is not None
            return process.name not in self.cycle, not first, not blocked, process.state == "ended"

        chosen = sorted(self.processes, key=dullness)[:MOST_PROCESSES]
        return [process for process in self.processes if process in chosen]

    @cached_property
    def pipe_names(self) -> dict[int, str]:
        """What each pipe is called, by inode, in the order of their descriptors."""

        def age(inode: int) -> tuple[int, int]:
            numbers = [entry.number for _, entry in self.ends[inode] if entry.number > 2]
            return min(numbers, default=0), inode

        inodes = sorted(self.ends.keys() - self._collecting(), key=age)
        first_entries = {inode: self.ends[inode][0][1] for inode in inodes}
        plain = [inode for inode in inodes if first_entries[inode].target.startswith("pipe:")]
        names = {i: f"FIFO {entry.target.rpartition('/')[2]}" for i, entry in first_entries.items()}
        names |= {inode: f"pipe {number}" for number, inode in enumerate(plain, 1)}
        return names if len(plain) > 1 else names | dict.fromkeys(plain, "the pipe")

    @cached_property
    def shown_pipes(self) -> list[int]:
        """All, or those that explain most; only what a process that is shown has open."""

        def dullness(inode: int) -> tuple[bool, bool]:
            ports = self.pipe(inode).ports
            left_open, blocked = (any(p.left_open for p in ports), any(p.blocked for p in ports))
            return not left_open, not blocked

        held = [inode for inode in self.pipe_names if self.pipe(inode).ports]
        chosen = sorted(held, key=dullness)[:MOST_PIPES]
        return [inode for inode in held if inode in chosen]

    def pipe(self, inode: int) -> Pipe:
        ports = tuple(
            port
            for process in self.shown
            for end in ("read", "write")
            if (port := self._port(process, inode, end))
        )
        level, remark = self._level(inode)
        return Pipe(self.pipe_names[inode], ports, level, remark)

    def card(self, process: Process) -> Card:
        finished = process is self.first and not self.run.stuck
        alive = process.state not in ("zombie", "ended")
        foreign = alive and self.first is not None and process.command != self.first.command
        return Card(
            name=process.name,
            state=outcome(self.run) if finished else self._state(process),
            place=process.stack[0].partition(" in ")[0] if process.stack else "",
            command=process.command if foreign else "",
            others=other_descriptors(process),
            left_behind=not self.run.stuck and not finished and process.state != "ended",
            ended=not alive and not finished,
        )

    def waitings(self) -> list[Waiting]:
        """Those in the cycle first, in its order."""
        order = {name: number for number, name in enumerate(self.cycle)}
        shown = sorted(self.shown, key=lambda process: order.get(process.name, len(order)))
        if self.run.stuck is None:
            return []
        return [self._waiting(p, wait) for p in shown if (wait := self.waits[p.name])]

    def _waiting(self, process: Process, wait: Wait) -> Waiting:
        helpers = [self.names[pid] for pid in process.waits_for if pid in self.names]
        others = [name for name in helpers if name != process.name]
        following = dict(zip(self.cycle, self.cycle[1:] + self.cycle[:1], strict=True))
        proved = self.run.stuck is not None and self.run.stuck.proved
        nobody = "nobody" if helpers or proved else "outside the run"
        shown = {shown.name for shown in self.shown}
        return Waiting(
            process.name,
            wanted(wait, self._blocking_pipes(process, wait), others),
            tuple(name for name in others or helpers if name in shown),
            following.get(process.name),
            "one that is not drawn" if others else nobody,
        )

    def _blocking_pipes(self, process: Process, wait: Wait) -> list[str]:
        return [
            self.pipe_names[entry.inode]
            for entry in process.descriptors
            if entry.number in wait.descriptors and entry.inode in self.pipe_names
        ]

    def _collecting(self) -> set[int]:
        """Pipes that take what the run prints: nobody in the run reads them or is blocked on them."""
        open_tables = [process.descriptors for process in self.processes if process.descriptors]
        return {
            entry.inode
            for entry in (open_tables[0] if open_tables else ())
            if entry.number in (1, 2)
            and not any(self._matters(*end) for end in self.ends[entry.inode])
        }

    def _matters(self, process: Process, entry: Descriptor) -> bool:
        return entry.readable or self._blocks(process, entry.number)

    def _blocks(self, process: Process, number: int) -> bool:
        wait = self.waits[process.name]
        return wait is not None and number in wait.descriptors

    def _port(self, process: Process, inode: int, end: str) -> Port | None:
        mine = [entry for holder, entry in self.ends[inode] if holder is process]
        entries = [entry for entry in mine if (entry.readable if end == "read" else entry.writable)]
        if not entries:
            return None
        numbers = tuple(entry.number for entry in entries)
        blocked = any(self._blocks(process, number) for number in numbers)
        left_open = self._left_open(process, end, numbers)
        return Port(process.name, end, numbers, blocked, left_open)

    def _left_open(self, process: Process, end: str, numbers: tuple[int, ...]) -> bool:
        """Is this the end whose forgotten close the diagnosis is about?"""
        if self.run.stuck is None:
            return process is self.first and not self._leaked.isdisjoint(numbers)
        forgotten = {(process.name, number) for number in numbers}
        return self.run.stuck.diagnosis == f"{end}-end-left-open" and not forgotten.isdisjoint(
            self.run.stuck.left_open
        )

    @cached_property
    def _leaked(self) -> set[int | None]:
        """Descriptors that the first process did not close."""
        return {leak.descriptor for leak in self.run.leaks}

    def _level(self, inode: int) -> tuple[str, str]:
        """What is known of a pipe's contents, and what is remarkable about its ends."""
        for process, entry in self.ends[inode]:
            wait = self.waits[process.name]
            if wait and entry.number in wait.descriptors:
                if wait.held is not None:
                    return "full", f"full: {wait.held:,} bytes"
                level = "full" if entry.access == "write" else "empty"
                return level, level
        entries = [entry for _, entry in self.ends[inode]]
        if not any(entry.readable for entry in entries):
            return "", "nobody can read it"
        return "", "" if any(entry.writable for entry in entries) else "nobody can write"

    def _state(self, process: Process) -> str:
        wait = self.waits[process.name]
        if wait is not None:
            return f"blocked in {wait.call}"
        if self.run.stuck and process.state == "running":
            return "never stops running" if self.run.stuck.spinning else "running"
        return {
            "zombie": "ended, not reaped",
            "ended": "ended",
            "stopped": "stopped by a signal",
        }.get(process.state, "sleeping" if self.run.stuck else "still running")
