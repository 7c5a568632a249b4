"""Semaphores and locks of a run: every operation on one is a step."""

from __future__ import annotations

from typing import Any

from .events import Operation
from .world import World


class Busy(Exception):
    """The time is over, or there is none to be had at once."""


class KernelSemaphore:
    """A counter that never goes below zero, and who has taken from it."""

    def __init__(self, name: str, value: int, number: int) -> None:
        self.name = name
        self.value = value
        self.initial = value
        self.number = number
        self.holders: list[int] = []
        self.given_by_others = (
            False  # somebody released it who had not taken it: a signal, not a lock
        )
        self.given_by_holder = False

    def digest(self) -> tuple[int, tuple[int, ...]]:
        return self.value, tuple(self.holders)

    def acquire(self, timeout: float | None = None) -> None:
        """Take one. `timeout` 0: at once or not at all. Raises Busy."""
        world = World.current
        if world is None or world.running is None:
            if self.value == 0:
                raise Busy("nobody else is there to release it")
            self.value -= 1
            return
        site, process = world.site, world.running
        at_once = timeout is not None and timeout <= 0
        operation = Operation(
            f"acquire({self.name})",
            ready=(lambda: True) if at_once else (lambda: self.value > 0),
            waits_for=self,
            timeout=None if at_once else timeout,
            site=site,
        )
        world.pause(operation)
        world.site = site
        if self.value == 0:
            if timeout:
                process.clock += timeout
            world.observe("busy")
            why = "it is taken" if at_once else "the time is over"
            world.note(process, "try", f"acquire({self.name}) fails: {why}", target=self.name)
            raise Busy
        self.value -= 1
        self.holders.append(process.number)
        world.observe("acquired")
        world.note(
            process, "acquire", f"acquire({self.name}) → value {self.value}", target=self.name
        )

    def release(self) -> None:
        """Give one."""
        world = World.current
        if world is None or world.running is None:
            self.value += 1
            return
        site, process = world.site, world.running
        world.pause(Operation(f"release({self.name})", site=site))
        world.site = site
        self.value += 1
        if process.number in self.holders:
            self.holders.remove(process.number)
            self.given_by_holder = True
        else:
            self.given_by_others = True
            if self.holders:
                self.holders.pop(0)
        world.observe("released")
        world.note(
            process, "release", f"release({self.name}) → value {self.value}", target=self.name
        )

    def look(self) -> int:
        """Its value, as sem_getvalue tells it."""
        world = World.current
        if world is None or world.running is None:
            return self.value
        site = world.site
        world.pause(Operation(f"{self.name}.value", site=site))
        world.site = site
        world.observe(self.value)
        world.note(world.running, "value", f"{self.name}.value is {self.value}", target=self.name)
        return self.value


def new_semaphore(world: World, name: str, value: int) -> KernelSemaphore:
    made = KernelSemaphore(name, value, len(world.semaphores))
    world.semaphores.append(made)
    return made


def _step(function: Any) -> Any:
    function.explorer_step = True
    return function


class Lock:
    """A lock as threading.Lock and multiprocessing.Lock are: not recursive, released by anyone."""

    def __init__(self, kernel: KernelSemaphore) -> None:
        self._kernel = kernel

    @_step
    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        try:
            unlimited = timeout is None or timeout < 0
            self._kernel.acquire((None if unlimited else timeout) if blocking else 0)
            return True
        except Busy:
            return False

    @_step
    def release(self) -> None:
        if self._kernel.value:
            raise RuntimeError("release unlocked lock")
        self._kernel.release()

    def locked(self) -> bool:
        return self._kernel.look() == 0

    def __enter__(self) -> bool:
        _find_line()
        return self.acquire()  # type: ignore[no-any-return]

    def __exit__(self, *_: object) -> None:
        _find_line()
        self.release()


def _find_line() -> None:
    if World.current is not None:
        World.current.find_site()
