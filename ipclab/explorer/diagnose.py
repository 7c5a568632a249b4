"""What is wrong with a run that has ended, or that can't go on?"""

from __future__ import annotations

from typing import Any

from .events import Event
from .scenario import Finding, Scenario, innermost
from .world import MOST_STEPS, Process, World


def diagnose(world: World, scenario: Scenario) -> Finding | None:
    """The finding about a run; None when nothing is wrong."""
    for process in world.processes:
        if process.error is not None:
            return Finding("exception", _exception(world, process))
    for process in world.processes:
        if process.endless:
            line = world.events[-1].line
            text = f"process {process.name} is in a loop (line {line}) that looks at nothing shared and never ends"
            return Finding("hang", text)
    if world.steps > MOST_STEPS or any(each.alive for each in world.processes):
        known = scenario.judge_stuck(world) if scenario.judge_stuck else None
        return known or _stuck(world)
    results = [each.result for each in world.processes]
    return scenario.judge(world, results) if scenario.judge else None


def _exception(world: World, process: Process) -> str:
    error = process.error
    assert error is not None
    line = innermost(world, error)[1]
    where = f" in line {line}" if line else ""
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"process {process.name} raises {text}{where}"


def _stuck(world: World) -> Finding:
    """Nobody can go on, or all do for ever: why?"""
    if world.steps > MOST_STEPS:
        return Finding("hang", f"after {MOST_STEPS} steps the processes have still not returned")
    blocked = {
        p.number: p.pending.waits_for
        for p in world.processes
        if p.alive and p.pending is not None and p.pending.waits_for is not None
    }
    sentence = "; ".join(_waits(world, p) for p in world.processes if p.alive)
    holders = {number: _holders(world, s) for number, s in blocked.items()}
    ring = _cycle(holders)
    if len(ring) > 1:
        return Finding("lock-order-deadlock", f"{sentence}. Each holds what the next one waits for")
    if len(ring) == 1:
        name = world.processes[ring[0]].name
        return Finding("self-deadlock", f"{sentence}. Process {name} holds it itself")
    for number, held in holders.items():
        for each in held:
            holder = world.processes[each]
            if not holder.alive:
                how = "was killed" if holder.killed else "has returned"
                text = f"{sentence}. Process {holder.name} took {blocked[number].name} and {how} without releasing it"
                return Finding("lock-not-released", text)
    if len(blocked) < sum(each.alive for each in world.processes):
        return Finding("hang", sentence)
    return Finding("lost-wakeup", f"{sentence}. Nobody is left to release it")


def _waits(world: World, process: Process) -> str:
    operation = process.pending
    assert operation is not None
    line = world.sites[operation.site].line if operation.site >= 0 else 0
    if operation.waits_for is not None and process.spin is None:
        return f"process {process.name} waits in line {line} for {operation.waits_for.name}"
    return f"process {process.name} waits in a loop (line {line}) that nothing will end"


def _holders(world: World, semaphore: Any) -> list[int]:
    """Who has taken it and is expected to give it back: only of one that is used as a lock."""
    if semaphore.name in world.signals or semaphore.given_by_others or semaphore.initial < 1:
        return []
    if semaphore.initial > 1 and not (semaphore.given_by_holder or semaphore.name in world.locks):
        return []
    return list(dict.fromkeys(semaphore.holders))


def _cycle(holders: dict[int, list[int]]) -> list[int]:
    """Processes of which each waits for the next one; a process that waits for itself is one of length 1."""
    for start in holders:
        path, now = [start], start
        while True:
            following = [each for each in holders.get(now, []) if each in holders]
            if not following:
                break
            now = following[0]
            if now in path:
                return path[path.index(now) :]
            path.append(now)
    return []


def false_invariant(events: list[Event]) -> str:
    """Which word fits a run after which the invariant is false?"""
    if lost_update(events) is not None:
        return "lost-update"
    if torn_read(events) is not None:
        return "torn-read"
    return "invariant"


def lost_update(events: list[Event]) -> tuple[Event, Event, Event] | None:
    """A process's read of a place, another one's write to it, the first one's write over that."""
    last_read: dict[tuple[int, tuple[int, int]], Event] = {}
    between: dict[tuple[int, tuple[int, int]], Event] = {}
    for event in events:
        for word in _bytes(event.reads):
            last_read[event.process, word] = event
            between.pop((event.process, word), None)
        for word in _bytes(event.writes):
            found = between.get((event.process, word))
            if found is not None:
                return last_read[event.process, word], found, event
            for process, other in list(last_read):
                if other == word and process != event.process:
                    between.setdefault((process, word), event)
            if event.kind != "clear":  # the first half of a write
                last_read.pop((event.process, word), None)
    return None


def torn_read(events: list[Event]) -> tuple[Event, Event] | None:
    """A process saw one write of another process, and missed another one that belongs to it."""
    for number, event in enumerate(events):
        if event.kind not in ("write", "clear"):
            continue
        later = _next_writes(events, number)
        for follow, write in later:
            for reader in {e.process for e in events} - {event.process}:
                reads = [e for e in events[number + 1 : follow] if e.process == reader and e.reads]
                if _sees(reads, event) and _sees(reads, write):
                    return event, write
                before = [e for e in events[:number] if e.process == reader and e.reads]
                after = [e for e in events[follow + 1 :] if e.process == reader and e.reads]
                if (
                    _sees(before[-1:], event)
                    and not _sees(before[-1:], write)
                    and _sees(after[:1], write)
                ):
                    return event, after[0]
    return None


def _next_writes(events: list[Event], number: int) -> list[tuple[int, Event]]:
    """The writes of other words that the same process makes after this one."""
    own = events[number]
    return [
        (place, each)
        for place, each in enumerate(events[number + 1 :], number + 1)
        if each.process == own.process
        and each.kind in ("write", "clear")
        and (own.kind == "clear" or _bytes(each.writes) - _bytes(own.writes))
    ]


def _bytes(spans: Any) -> set[tuple[int, int]]:
    return {(each.region, place) for each in spans for place in range(each.low, each.high)}


def _sees(reads: list[Event], write: Event) -> bool:
    places = _bytes(write.writes)
    return any(places & _bytes(each.reads) for each in reads)
