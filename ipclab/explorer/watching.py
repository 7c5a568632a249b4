"""A process that comes to no further step in a comprehension or a generator is stopped by a timer."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from typing import Any

from .world import World

_INTERVAL = 0.25  # seconds
_PATIENCE = 8  # intervals without a step


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """For the length of a block, give up on a simulated process that is busy for two seconds with one step."""
    last: list[Any] = [None, 0]

    def look(*_: object) -> None:
        world = World.current
        process = world.running if world is not None else None
        if world is None or process is None or world.dead:
            last[:] = [None, 0]
            return
        if last[0] is not process or process.ticks > 0:
            last[:] = [process, 0]
        last[1] += 1
        if last[1] > _PATIENCE:
            last[:] = [None, 0]
            world.find_site()
            world.give_up_on(process, world.site)

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _INTERVAL, _INTERVAL)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
