"""Nobody can go on: who sleeps with a semaphore in hand that another one needs?

A place or an item is taken in one call and given back in another one. What was taken in a call that has
not returned yet, and that somebody else waits for, is a lock.
"""

from __future__ import annotations

from ipclab.explorer.scenario import Finding
from ipclab.explorer.world import Process, World


class Calls:
    """Where, in a run's list of events, the latest call of each process began."""

    def __init__(self) -> None:
        self.began: dict[int, int] = {}

    def begin(self, world: World) -> None:
        if world.running is not None:
            self.began[world.running.number] = len(world.events)


def held_up(world: World, calls: Calls) -> Finding | None:
    """The finding on a run that is stuck; None when no lock has to do with it."""
    held = {each.number: _held(world, calls, each) for each in world.processes}
    wanted = {each.number: _wanted(each) for each in world.processes if each.alive}
    for holder, lock, waiter in _pairs(held, wanted):
        if wanted[holder] in held[waiter]:
            return Finding(
                "lock-order-deadlock", _told(world, holder, lock, waiter, wanted[holder])
            )
        return Finding("waits-holding-lock", _told(world, holder, lock, waiter, wanted[holder]))
    return _kept(world, calls, wanted)


def _pairs(held: dict[int, list[str]], wanted: dict[int, str]) -> list[tuple[int, str, int]]:
    """Who waits, with what in hand, that which other process waits for."""
    return [
        (holder, lock, waiter)
        for holder in wanted
        for waiter, lock in wanted.items()
        if waiter != holder and lock in held[holder] and wanted[holder] != lock
    ]


def _held(world: World, calls: Calls, process: Process, earlier: bool = False) -> list[str]:
    """Names of semaphores that a process has taken in the call that it is in, or in `earlier` ones."""
    found: list[str] = []
    began = len(world.events) if process.done else calls.began.get(process.number, 0)
    for event in world.events[:began] if earlier else world.events[began:]:
        if event.process == process.number and event.kind == "acquire":
            found.append(event.target)
        elif event.process == process.number and event.kind == "release" and event.target in found:
            found.remove(event.target)
    return found


def _wanted(process: Process) -> str:
    """The semaphore that a process waits for; "" for one that waits in a loop."""
    pending = process.pending
    if pending is None or pending.waits_for is None or process.spin is not None:
        return ""
    return str(pending.waits_for.name)


def _kept(world: World, calls: Calls, wanted: dict[int, str]) -> Finding | None:
    """Is what somebody waits for a counter that nobody raises any more, or a lock that was kept?"""
    for number, name in wanted.items():
        process = world.processes[number]
        if not name or name in _held(world, calls, process):
            continue  # a process that waits for itself: the explorer names that
        kernel = next(each for each in world.semaphores if each.name == name)
        takers = [
            each for each in world.processes if name in _held(world, calls, each, earlier=True)
        ]
        if takers and kernel.initial == 1 and not kernel.given_by_others and kernel.given_by_holder:
            who = takers[0].name
            return Finding(
                "lock-not-released",
                f"process {process.name} waits for {name}, which process {who} took in a call that has"
                " returned, and did not give back",
            )
        return Finding(
            "lost-wakeup",
            f"process {process.name} waits for {name}, and nobody is left to release it",
        )
    return None


def _told(world: World, holder: int, lock: str, waiter: int, wants: str) -> str:
    names = [each.name for each in world.processes]
    does = f"waits for {wants}" if wants else "waits in a loop"
    return f"process {names[holder]} {does} and holds {lock}, which process {names[waiter]} needs to go on"
