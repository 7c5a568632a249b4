"""What of a run is worth drawing: its processes, the pipes between them, and who waits for whom.

Everything here is words and names; drawing.py gives it a place and a colour. What is the same for
every process and explains nothing is left out: /dev/null, and the pipes that collect the output.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from .family import GENERATIONS
from .results import Descriptor, Process, Run

MOST_PROCESSES, MOST_PIPES = 6, 6  # nobody reads a drawing with more
_MOST_OTHERS = 4  # descriptors of one process that are no pipe ends
_BLOCKED = re.compile(r" is blocked in (?P<call>.+?): (?P<why>.*)", re.DOTALL)
_ON_DESCRIPTORS = re.compile(r"(?:readv?|writev?|splice|tee|poll|select)\((?P<numbers>[\d, ]+)\)")
_FULL = re.compile(r"the pipe is full \((?P<held>[\d,]+) of ")


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


@dataclass(frozen=True)
class Wait:
    """A process's wait, taken out of the sentence about it."""

    call: str
    why: str
    numbers: frozenset[int]  # the descriptors that it is blocked on


def wait_of(process: Process) -> Wait | None:
    match = _BLOCKED.search(process.waiting or "")
    if not match:
        return None
    numbers = _ON_DESCRIPTORS.fullmatch(match["call"])
    found = re.findall(r"\d+", numbers["numbers"]) if numbers else []
    return Wait(match["call"], match["why"], frozenset(map(int, found)))


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
        self.by_pid = {process.pid: process for process in self.processes}
        self.waits = {process.name: wait_of(process) for process in self.processes}
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
            first = process is self.processes[0]
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
        run, first = self.run, self.processes[0]
        command = process.command if process.command != first.command else ""
        place = process.stack[0].partition(" in ")[0].rpartition(":")[2] if process.stack else ""
        alive = process.state not in ("zombie", "ended")
        return Card(
            name=process.name,
            state=self._outcome() if process is first and not run.stuck else self._state(process),
            place=f"line {place}" if place else "",
            command=command if alive and process is not first else "",
            others=_other_descriptors(process),
            left_behind=not run.stuck and process is not first and process.state != "ended",
            ended=not alive,
        )

    def waitings(self) -> Iterator[Waiting]:
        """Those in the cycle first, in its order."""
        place = {name: number for number, name in enumerate(self.cycle)}
        shown = [process.name for process in self.shown]
        for process in sorted(self.shown, key=lambda p: place.get(p.name, len(place))):
            wait = self.waits[process.name]
            if wait is None or not self.run.stuck:
                continue
            everyone = [self.by_pid[pid].name for pid in process.waits_for if pid in self.by_pid]
            others = [name for name in everyone if name != process.name]
            following = None
            if process.name in place:
                following = self.cycle[(place[process.name] + 1) % len(self.cycle)]
            yield Waiting(
                process.name,
                self._awaited(process, wait, others),
                tuple(name for name in others or everyone if name in shown),
                following,
                "one that is not drawn" if others else _nobody(self.run, everyone),
            )

    def _collecting(self) -> set[int]:
        """Pipes that take what the run prints: nobody in the run reads them or is blocked on them."""
        holder = next((process for process in self.processes if process.descriptors), None)
        standard = {entry.inode for entry in holder.descriptors if entry.number in (1, 2)} if holder else set()
        return {
            inode
            for inode in standard
            if not any(
                entry.readable or self._blocks(process, entry.number)
                for process, entry in self.ends[inode]
            )
        }

    def _blocks(self, process: Process, number: int) -> bool:
        wait = self.waits[process.name]
        return wait is not None and number in wait.numbers
