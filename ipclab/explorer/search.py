"""Which schedule fails? All of them, the ones with the fewest preemptions first.

A schedule is executed from its beginning each time; a state that was reached before, with as few preemptions
or fewer, is not followed again. Best first, so a failing schedule is one with the fewest preemptions, and of
these one with the fewest steps.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .scenario import Execution, Node, Outcome, Scenario
from .world import World

EXTRA_BOUND = 3  # preemptions up to which a search goes on when it was quick
_EXTRA_SECONDS = 1.0
_REPORT_EVERY = 0.1  # seconds
PATIENCE = 5.0  # seconds in which one second of a processor is had, also on a busy machine


def processor_clock() -> Callable[[], float]:
    """A clock of the processor time used, in s; it runs at a fifth (1 / PATIENCE) of the usual time at least.

    A search whose budget is counted by it comes as far on a busy machine as on an idle one.
    """
    cpu, wall = time.process_time(), time.monotonic()
    return lambda: max(time.process_time() - cpu, (time.monotonic() - wall) / PATIENCE)


@dataclass
class Found:
    """What a search came to."""

    failure: Outcome | None
    preemptions: int  # of the failing schedule
    schedules: int  # executed
    complete: bool
    max_preemptions: int  # up to which every schedule was covered; -1: not even without any
    seconds: float
    steps: int  # of all runs together


class Search:
    """A search for a failing schedule of one scenario."""

    def __init__(
        self,
        scenario: Scenario,
        max_preemptions: int = 2,
        budget: float = 8.0,
        extra: bool = True,
        prune: bool = True,
        report: Callable[[int, int], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.scenario = scenario
        self.bound = max_preemptions
        self.limit = max(max_preemptions, EXTRA_BOUND) if extra else max_preemptions
        self.budget, self.clock = budget, clock  # seconds, and by which clock
        self.prune = prune
        self.report = report
        self.heap: list[tuple[int, int, int, tuple[int, ...]]] = [(0, 0, 0, ())]
        self.seen: set[bytes] = set()
        self.count = 0
        self.pushed = 0
        self.steps = 0
        self.best: tuple[int, Outcome] | None = None
        self.end_states: set[Any] = set()
        self.on_outcome: Callable[[Outcome], None] | None = None

    def run(self) -> Found:
        """Search until a failure is the simplest one, everything is covered, or the time is over."""
        started = reported = self.clock()
        self.scenario.learn()
        level = 0
        while self.heap:
            cost, length, _, prefix = self.heap[0]
            if self.best is not None and (cost, length) >= (
                self.best[0],
                len(self.best[1].schedule),
            ):
                break
            level = cost
            now = self.clock()
            allowed = self.budget if cost <= self.bound else min(self.budget, _EXTRA_SECONDS)
            if now - started > allowed:
                break
            if self.report and now - reported > _REPORT_EVERY:
                reported = now
                self.report(self.count, level)
            heapq.heappop(self.heap)
            self._execute(cost, prefix)
        covered = level - 1 if self.heap else self.limit
        complete = covered >= self.bound and self.best is None
        return Found(
            self.best[1] if self.best else None,
            self.best[0] if self.best else 0,
            self.count,
            complete,
            min(covered, self.best[0] - 1) if self.best else covered,
            self.clock() - started,
            self.steps,
        )

    def _execute(self, cost: int, prefix: tuple[int, ...]) -> None:
        self.count += 1
        outcome = Execution(self.scenario, prefix).run(self._chooser(cost))
        self.steps += len(outcome.schedule)
        if self.on_outcome is not None and not outcome.pruned:
            self.on_outcome(outcome)
        if outcome.finding is None:
            return
        if self.best is None or (cost, len(outcome.schedule)) < (
            self.best[0], len(self.best[1].schedule),
        ):  # fmt: skip
            self.best = cost, outcome

    def _chooser(self, cost: int) -> Callable[[World, Node, list[int]], int | None]:
        kills_left = self.scenario.crashes

        def choose(world: World, here: Node, schedule: list[int]) -> int | None:
            if here.last_resort:
                return here.choices[0]  # nobody else can change anything: no other order matters
            if self.prune:
                key = world.key(here.current)
                if key in self.seen:
                    return None
                self.seen.add(key)
            best = self.best
            if best is not None and cost == best[0] and len(schedule) >= len(best[1].schedule):
                return None
            chosen = here.current if here.current in here.choices else here.choices[0]
            price = cost + here.preemptible
            for other in here.choices:
                if other != chosen and price <= self.limit:
                    self._push(price, (*schedule, other))
            killed = sum(each < 0 for each in schedule)
            if here.current >= 0 and killed < kills_left and world.processes[here.current].alive:
                self._push(cost, (*schedule, -1 - here.current))
            return chosen

        return choose

    def _push(self, cost: int, prefix: tuple[int, ...]) -> None:
        self.pushed += 1
        heapq.heappush(self.heap, (cost, len(prefix), self.pushed, prefix))


def encode(schedule: tuple[int, ...]) -> str:
    """A schedule as a short text: `A3B7` is three steps of A, then seven of B; `A3!`: A is killed then."""
    parts: list[list[Any]] = []
    for choice in schedule:
        if choice < 0:
            name = chr(ord("A") - 1 - choice)
            if parts and parts[-1][0] == name:
                parts[-1][2] = "!"
            else:
                parts.append([name, 0, "!"])
            continue
        name = chr(ord("A") + choice)
        if parts and parts[-1][0] == name and not parts[-1][2]:
            parts[-1][1] += 1
        else:
            parts.append([name, 1, ""])
    return "".join(f"{name}{count}{killed}" for name, count, killed in parts)


def decode(text: str, processes: int) -> tuple[int, ...]:
    """The schedule that `encode` wrote. Raises ValueError."""
    import re

    if not re.fullmatch(r"([A-Z]\d{1,6}!?)*", text):
        raise ValueError(f"{text!r} is no schedule: it looks like A3B7A12")
    schedule: list[int] = []
    for name, count, killed in re.findall(r"([A-Z])(\d+)(!?)", text):
        number = ord(name) - ord("A")
        if number >= processes:
            raise ValueError(f"the schedule {text} names process {name}, but there are {processes}")
        schedule += [number] * int(count) + ([-1 - number] if killed else [])
    return tuple(schedule)
