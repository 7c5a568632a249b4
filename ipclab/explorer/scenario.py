"""What is explored, and how one schedule of it is executed."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from . import spinning
from .events import Event, Unmodelled
from .functions import Instance
from .sources import Sources
from .world import MOST_STEPS, Process, World

_ROUNDS = 20  # of a waiting loop, when nobody else can go on
_BOUNDED_ROUNDS = 400  # of one that counts, or looks at a clock


@dataclass(frozen=True)
class Finding:
    """What is wrong with a run: a word of the vocabulary, and one sentence."""

    diagnosis: str
    message: str


@dataclass
class Scenario:
    """Programs that run side by side, from one state.

    `prepare(world)` makes what they share and returns the arguments of each; called once a run. `setup`, a
    function of the learner's, is called before it with the arguments that `setup_arguments(world)` returns,
    as a process of its own that nobody interrupts. `judge(world, results)` says what is wrong once all have
    returned; a killed one's result is None. `judge_stuck(world)` says it when nobody can go on any more,
    or all do for ever, and it knows better than `diagnose`.
    """

    programs: Sequence[Callable[..., Any]]
    prepare: Callable[[World], Sequence[Sequence[Any]]]
    judge: Callable[[World, list[Any]], Finding | None] | None = None
    setup: Callable[..., Any] | None = None
    setup_arguments: Callable[[World], Sequence[Any]] = lambda world: ()
    crashes: int = 0
    judge_stuck: Callable[[World], Finding | None] | None = None
    sources: Sources = field(default_factory=Sources)
    signals: set[str] = field(
        default_factory=set
    )  # semaphores that are given by who did not take them
    locks: set[str] = field(default_factory=set)

    def learn(self) -> None:
        """Find out, from one run for each process to begin with, what the semaphores are used for."""
        for first in range(len(self.programs)):

            def choose(world: World, here: Node, schedule: list[int], first: int = first) -> int:
                for each in (here.current, first):
                    if each in here.choices:
                        return each
                return here.choices[0]

            world = self.new_world()
            try:
                Execution(self)._go(world, choose)
                self.signals |= {s.name for s in world.semaphores if s.given_by_others}
                if any(process.endless for process in world.processes):
                    return
                self.locks |= {s.name for s in world.semaphores if s.given_by_holder}
            finally:
                world.close()

    def names(self) -> list[str]:
        return [chr(ord("A") + number) for number in range(len(self.programs))]

    def new_world(self) -> World:
        """All processes of a run, each before its first step."""
        instances = [Instance(self.sources) for _ in self.programs]
        copies = [i.make(each) for i, each in zip(instances, self.programs, strict=True)]
        world = World(self.sources.sites, self.sources.filenames)
        World.current = world
        world.signals, world.locks = self.signals, self.locks
        if self.setup is not None:
            first = Instance(self.sources).make(self.setup)
            world.filenames = self.sources.filenames
            first(*self.setup_arguments(world))
        world.filenames = self.sources.filenames
        for name, copy, values in zip(self.names(), copies, self.prepare(world), strict=True):
            world.add(name, partial(copy, *values))
        world.start()
        return world


@dataclass
class Node:
    """A point of a run at which a process is chosen."""

    choices: list[int]  # processes that may go on
    preemptible: bool  # the current process could go on: to choose another one is a preemption
    current: int  # the process that ran last; -1: none, or it was killed
    last_resort: bool = False  # only processes that wait in loops are left


@dataclass
class Outcome:
    """How a run ended."""

    schedule: tuple[int, ...]  # numbers of processes; -1 - n: process n is killed
    finding: Finding | None
    events: list[Event]
    pruned: bool = False
    diverged: str = ""
    results: list[Any] = field(default_factory=list)
    waiting: list[tuple[int, int, str, str]] = field(default_factory=list)


def node(world: World, current: int) -> Node:
    """Who may go on now?"""
    waiting = [p for p in world.processes if p.alive and spinning.follow(world, p)]
    alive = [p for p in world.processes if p.alive and p.pending is not None]
    normal = [p.number for p in alive if p not in waiting and _ready(p)]
    if normal:
        return Node(normal, current in normal, current)
    timed = [p.number for p in alive if p not in waiting and _has_timeout(p)]
    if timed:
        return Node(timed, False, current)
    rest = [p for p in waiting if (_ready(p) or _has_timeout(p)) and p.spin.rounds < _limit(p)]
    if not rest:
        return Node([], False, current)
    # The one in the middle of its round first, so that the rounds take turns.
    chosen = min(rest, key=lambda p: (p.spin.position == 0, p.spin.rounds, p.number))
    return Node([chosen.number], False, current, last_resort=True)


def _limit(process: Process) -> int:
    return _BOUNDED_ROUNDS if process.spin.bounded else _ROUNDS


def _ready(process: Process) -> bool:
    return process.pending is not None and process.pending.ready()


def _has_timeout(process: Process) -> bool:
    return process.pending is not None and process.pending.timeout is not None


def innermost(world: World, error: BaseException) -> tuple[str, int]:
    """The learner's line that an exception comes from: file and number; ("", 0) when there is none."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames if each.filename in world.filenames]
    return (own[-1].filename, own[-1].lineno or 0) if own else ("", 0)


def _stuck(world: World) -> list[tuple[int, int, str, str]]:
    """Where the processes stand that can't go on: process, line, file, text."""
    found = []
    for each in world.processes:
        if each.error is not None:
            filename, line = innermost(world, each.error)
            found.append((each.number, line, filename, f"raises {type(each.error).__name__}"))
        operation = each.pending
        if each.alive and operation is not None and (not operation.ready() or each.spin):
            site = world.sites[operation.site] if operation.site >= 0 else None
            line, filename = (site.line, site.filename) if site else (0, "")
            found.append((each.number, line, filename, f"{operation.text}  <-- stuck"))
    return found


class Execution:
    """One run: a given beginning, then whatever `choose` says."""

    def __init__(self, scenario: Scenario, prefix: Sequence[int] = ()) -> None:
        self.scenario = scenario
        self.prefix = prefix
        self.schedule: list[int] = []
        self.diverged = ""

    def run(self, choose: Callable[[World, Node, list[int]], int | None]) -> Outcome:
        """Execute it. `choose` returns the next choice, or None to leave the run."""
        world = self.scenario.new_world()
        try:
            pruned = self._go(world, choose)
            finding = None if pruned else self._judge(world)
            return Outcome(
                tuple(self.schedule), finding, world.events, pruned, self.diverged,
                [each.result for each in world.processes], _stuck(world) if finding else [],
            )  # fmt: skip
        finally:
            world.close()

    def _go(self, world: World, choose: Callable[[World, Node, list[int]], int | None]) -> bool:
        current = -1
        while True:
            if world.unmodelled is not None:
                raise world.unmodelled
            if world.steps > MOST_STEPS or any(p.error or p.endless for p in world.processes):
                return False
            here = node(world, current)
            given = (
                self.prefix[len(self.schedule)] if len(self.schedule) < len(self.prefix) else None
            )
            if given is None and not here.choices:
                return False
            choice = choose(world, here, self.schedule) if given is None else given
            if choice is None:
                return True
            if not self._possible(world, here, choice):
                return False
            self.schedule.append(choice)
            if choice < 0:
                world.kill(-1 - choice)
                current = -1
            else:
                world.step(choice)
                current = choice

    def _possible(self, world: World, here: Node, choice: int) -> bool:
        number = choice if choice >= 0 else -1 - choice
        known = number < len(world.processes) and world.processes[number].alive
        if known and (choice < 0 or choice in here.choices):
            return True
        name = chr(ord("A") + number)
        self.diverged = (
            f"the replay diverged at step {len(self.schedule) + 1}: process {name} can't go on there. The "
            "program or its arguments have changed, or it depends on something besides shared memory"
        )
        return False

    def _judge(self, world: World) -> Finding | None:
        from .diagnose import diagnose

        if self.diverged:
            return None
        return diagnose(world, self.scenario)


__all__ = ["Execution", "Finding", "Node", "Outcome", "Scenario", "Unmodelled", "node"]
