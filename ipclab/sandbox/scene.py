"""What of a run is worth drawing: its processes, the pipes between them, and who waits for whom.

Everything here is words and names; drawing.py gives it a place and a colour. What is the same for
every process and explains nothing is left out: /dev/null, and the pipes that collect the output.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .family import GENERATIONS
from .results import Process, Run

MOST_PROCESSES, MOST_PIPES = 6, 6  # more than that nobody can read
_MOST_OTHERS = 4  # descriptors of a process that are no pipe ends
_BLOCKED = re.compile(r" is blocked in (?P<call>.+?): (?P<why>.*)", re.DOTALL)
_ON_DESCRIPTORS = re.compile(r"(?:readv?|writev?|splice|tee|poll|select)\((?P<numbers>[\d, ]+)\)")
_ON_PROCESS = re.compile(r"wait(?:p?id)\((?P<pid>\d+)\)")
_HELD = re.compile(r"the pipe is full \((?P<held>[\d,]+) of ")


@dataclass(frozen=True)
class Port:
    """One end of a pipe as one process holds it."""

    process: str
    end: str  # "read" or "write"
    numbers: tuple[int, ...]  # the descriptors that refer to it
    blocked: bool  # the process is blocked on it
    left_open: bool  # somebody forgot to close it


@dataclass(frozen=True)
class Pipe:
    """A pipe or a FIFO with all its ends."""

    name: str
    ports: tuple[Port, ...]
    level: str  # "full", "empty" or "": nobody is blocked on it, so nothing is known
    remark: str

    def holders(self, end: str) -> list[Port]:
        return [port for port in self.ports if port.end == end]


@dataclass(frozen=True)
class Waiting:
    """One process waits for others."""

    waiter: str
    targets: tuple[str, ...]  # itself only where nobody else could help
    what: str  # it waits for this
    next_in_cycle: str | None
    instead: str  # what to say where there is nobody to point at


@dataclass(frozen=True)
class Card:
    """A process in short."""

    name: str
    lines: tuple[str, ...]
    others: tuple[str, ...]  # descriptors that are not pipes
    left_behind: bool
    ended: bool


@dataclass(frozen=True)
class Scene:
    """All that a drawing shows."""

    title: str
    cards: tuple[Card, ...]
    pipes: tuple[Pipe, ...]
    waits: tuple[Waiting, ...]
    omitted: str
    alt: str  # the whole of it in one sentence


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


def compose(run: Run) -> Scene:
    return _Composer(run).scene()


def place_in_family(name: str) -> tuple[int, int]:
    """Sorts names as people count: parent, child 1, child 2, child 10, grandchild."""
    title, _, number = name.partition(" ")
    rank = GENERATIONS.index(title) if title in GENERATIONS else len(GENERATIONS)
    return rank, int(number) if number.isdecimal() else 0


class _Composer:
    """Chooses what is shown, and gives the pipes their names."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.all = sorted(run.processes, key=lambda process: place_in_family(process.name))
        self.names = {process.pid: process.name for process in self.all}
        self.waits = {process.name: wait_of(process) for process in self.all}
        self.cycle = run.stuck.cycle if run.stuck else ()

    def scene(self) -> Scene:
        cards = tuple(self._card(process) for process in self.shown)
        pipes = tuple(self._pipe(inode) for inode in self.shown_pipes)
        waits = tuple(self._waiting())
        left_out = [process for process in self.all if process not in self.shown]
        missing = captions.omitted(left_out, len(self.pipe_names) - len(pipes))
        alt = captions.alt(self.run, cards, pipes, waits, missing)
        return Scene(captions.title(self.run), cards, pipes, waits, missing, alt)

    @cached_property
    def shown(self) -> list[Process]:
        """All, or those that explain most: the cycle, the first process, those that wait."""

        def dullness(process: Process) -> tuple[bool, bool, bool, bool]:
            wait = self.waits[process.name]
            ended = process.state == "ended"
            return process.name not in self.cycle, process is not self.all[0], wait is None, ended

        chosen = sorted(self.all, key=dullness)[:MOST_PROCESSES]
        return [process for process in self.all if process in chosen]

    @cached_property
    def collected(self) -> set[int]:
        """Inodes of the pipes that take what the run prints: no process of the run reads them."""
        open_here = [process for process in self.all if process.descriptors][:1]
        read = {entry.inode for _, entry in self._ends() if entry.readable}
        standard = {
            entry.inode
            for process in open_here
            for entry in process.descriptors
            if entry.is_pipe and entry.number in (1, 2)
        }
        return standard - read - self.blocking

    @cached_property
    def blocking(self) -> set[int]:
        """Inodes of the pipes on which somebody is blocked."""
        return {
            entry.inode for process, entry in self._ends() if self._blocks(process, entry.number)
        }

    @cached_property
    def pipe_names(self) -> dict[int, str]:
        """All pipes by inode, in the order of their descriptors."""
        found = {entry.inode: entry for _, entry in self._ends()}
        order = {
            inode: min(end.number for _, end in self._ends() if end.inode == inode and end.number > 2)
            if any(end.number > 2 for _, end in self._ends() if end.inode == inode)
            else 0
            for inode in found
        }
        inodes = sorted(found.keys() - self.collected, key=lambda inode: (order[inode], inode))
        plain = [inode for inode in inodes if found[inode].target.startswith("pipe:")]
        numbers = {inode: f"pipe {number}" for number, inode in enumerate(plain, 1)}
        if len(plain) == 1:
            numbers = {plain[0]: "the pipe"}
        return {
            inode: numbers.get(inode) or f"FIFO {found[inode].target.rpartition('/')[2]}"
            for inode in inodes
        }
