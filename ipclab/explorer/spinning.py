"""When does a process wait in a loop without getting on?

At the head of a loop: the last iteration observed what the one before it observed, and what is shared is as
it was. From there on the process has low priority: it runs when no other one can, as long as everything that
it meets is as it met it before. So a loop that polls under a lock is seen to wait although it changes the lock.
"""

from __future__ import annotations

import dis
import sys
import types
from dataclasses import dataclass
from functools import cache
from typing import Any

from .events import Abort, Operation
from .world import Process, World

_MOST_TICKS = 100_000  # heads of loops in a row without any access
_MOST_FINITE_TICKS = 1_000_000  # the same, where the loop is a `for`
_COUNTED_ROUNDS = 8  # after which a loop that counts its rounds is taken to wait, too
_SIMPLE = (int, float, str, bytes, bool, type(None))


@dataclass
class Head:
    """What was the case the last time a process came to the head of this loop."""

    frame: Any  # kept, so that its id stays its own
    state: bytes
    position: int  # in the process's list of observations
    seen: list[Any]  # in the iteration before
    digest: bytes
    effects: int
    clock_reads: int
    local: str | None
    idle: int  # iterations in a row that got nowhere


@dataclass
class Spin:
    """A process that waits in a loop: what it meets on its way round, if nothing changes."""

    site: int
    frame: Any
    states: list[bytes]  # what was shared before each step of a round, the head's first
    position: int = 0
    rounds: int = 0
    bounded: bool = False  # it counts, or looks at a clock: it may end by itself


def head(world: World, site: int, finite: bool) -> None:
    """A process has come to the head of a loop."""
    process = world.running
    if process is None:
        return
    process.ticks += 1
    if world.dead:
        raise Abort
    if process.ticks > (_MOST_FINITE_TICKS if finite else _MOST_TICKS):
        world.give_up_on(process, site)
    frame = sys._getframe(2)
    before = process.loops.get((id(frame), site))
    if before is not None and before.position == len(process.observed):
        return  # nothing was looked at since
    state = world.state()
    seen = process.observed[before.position :] if before is not None else []
    local = None if finite else _local(frame)
    idle = 0
    if before is not None and before.seen == seen and seen and before.state == state:
        idle = before.idle + 1
        if idle >= (1 if _same(process, before, local) else _COUNTED_ROUNDS):
            _wait(world, process, site, frame, before, local)
            state = world.state()
    elif process.spin is not None and process.spin.frame is frame:
        process.spin = None
    process.loops[id(frame), site] = Head(
        frame, state, len(process.observed), seen, process.digest,
        process.local_effects, process.clock_reads, local, idle,
    )  # fmt: skip


def _wait(
    world: World, process: Process, site: int, frame: Any, before: Head, local: str | None
) -> None:
    """One more round of a loop that got nowhere: a step of its own, when nobody else can go on."""
    count = len(process.observed) - before.position
    same = _same(process, before, local)
    if same:
        process.digest = before.digest
    spin = process.spin
    if spin is None or spin.frame is not frame or spin.site != site:
        rounds = [world.state(), *process.states[len(process.states) - count :]]
        spin = process.spin = Spin(site, frame, rounds)
    spin.position = 0
    spin.rounds += 1
    spin.bounded = spin.bounded or not same
    world.site = site
    world.pause(Operation("waits in this loop", site=site))
    world.note(process, "loop", "waits in this loop")


def _same(process: Process, before: Head, local: str | None) -> bool:
    """Is the process itself where it was at the head before? Else it counts, or looks at a clock."""
    return (
        local is not None
        and local == before.local
        and process.local_effects == before.effects
        and process.clock_reads == before.clock_reads
    )


def follow(world: World, process: Process) -> bool:
    """Does it still wait? Called before a step of a process is chosen: compares with the last round."""
    spin = process.spin
    if spin is None:
        return False
    if spin.position < len(spin.states) and world.state() == spin.states[spin.position]:
        return True
    process.spin = None
    return False


@cache
def _stores_globals(code: types.CodeType) -> bool:
    return any(each.opname == "STORE_GLOBAL" for each in dis.get_instructions(code))


def _local(frame: Any) -> str | None:
    """The local variables in a form that can be compared; None when one may change unseen."""
    if _stores_globals(frame.f_code):
        return None
    parts = []
    for name, value in frame.f_locals.items():
        if isinstance(value, _SIMPLE) or (
            isinstance(value, tuple) and all(isinstance(each, _SIMPLE) for each in value)
        ):
            parts.append((name, repr(value)))
        elif isinstance(value, list | dict | set | bytearray) or hasattr(value, "__next__"):
            return None
        else:
            parts.append((name, str(id(value))))
    return repr(parts)
