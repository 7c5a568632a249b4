"""What happens in the sandbox when exercise 11 is explored: every order of a few steps of its processes.

The programs below are the check's, the buffer is the learner's. Each consumer's items are kept beside
the simulation, so that they are known also of a run in which nobody can go on.
"""

from __future__ import annotations

import contextlib
import gc
import linecache
import os
import traceback
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

import posix_ipc

import ipclab.explorer
from ipclab.explorer.events import Unmodelled
from ipclab.explorer.report import failure_data
from ipclab.explorer.scenario import Execution, Finding, Scenario
from ipclab.explorer.search import Search, processor_clock
from ipclab.explorer.semaphores import new_semaphore
from ipclab.explorer.shims import Semaphore
from ipclab.explorer.world import World

from .delivery import delivery
from .holding import Calls, held_up
from .simulated import watch

NAME, ITEM_SIZE = "/ring", 8  # bytes: each item is one word
_EXPLORER = os.path.dirname(ipclab.explorer.__file__) + os.sep
_FILE = "<the check>"
_PROGRAMS = """
def produce(gate, ready, consumers, first_items, items):
    buffer = RingBuffer.create(NAME, CAPACITY, ITEM_SIZE)
    for item in first_items:
        buffer.put(item)
    for _ in range(consumers):
        gate.release()
    for _ in range(consumers * COME_FIRST):
        ready.acquire()
    for item in items:
        buffer.put(item)
    if TO_THE_END:
        buffer.finish()


def consume(gate, ready, got):
    gate.acquire()
    buffer = RingBuffer.attach(NAME)
    if COME_FIRST:
        ready.release()
    while TO_THE_END or not got:
        item = buffer.get()
        if item is None:
            break
        got.append(item)
"""


class Instance(NamedTuple):
    """A small buffer, and who uses it."""

    capacity: int
    consumers: int
    items: int
    first: int  # so many are put before any consumer comes
    to_the_end: bool = True  # consumers get until None comes, and not one item each
    come_first: bool = False  # consumers have attached before any other item is put
    bound: int = 1  # preemptions: all orders with at most so many are tried


def explore(functions: SimpleNamespace, instance: Instance, budget: float) -> dict[str, Any]:
    """Search for an order in which an item goes wrong, or nobody can go on; `budget`: seconds of a processor.

    {"failure": its data or None, "complete": whether all orders were covered, "schedules": how many ran}, or
    {"unmodelled": why it can't be explored}.
    """
    unmodelled = watch()
    try:
        found = _search(Trial(functions.RingBuffer, instance), budget)
    except Unmodelled as reason:
        found = {"unmodelled": str(reason)}
    World.current = None
    gc.collect()  # mappings that simulated processes have left open
    with contextlib.suppress(Exception):  # what is not simulated has made real names
        real = functions.RingBuffer.attach(NAME)
        real.unlink()
        real.close()
    # The learner's code may have caught the exception that told it.
    return {"unmodelled": unmodelled[0]} if unmodelled else found


def _search(trial: Trial, budget: float) -> dict[str, Any]:
    clock = processor_clock()
    found = Search(trial.scenario, trial.instance.bound, budget, extra=False, clock=clock).run()
    if found.failure and (reason := trial.not_simulated(found.failure.schedule)):
        return {"unmodelled": reason}
    return {
        "failure": found.failure and failure_data(trial.scenario, found.failure, trial.scope()),
        "complete": found.complete,
        "schedules": found.schedules,
    }


class Got(list[Any]):
    """What one consumer got. After each item it begins its next call."""

    def __init__(self, world: World, calls: Calls) -> None:
        super().__init__()
        self._world, self._calls = world, calls

    def append(self, item: Any) -> None:
        super().append(item)
        self._calls.begin(self._world)


class Trial:
    """One instance, as the explorer runs it again and again."""

    def __init__(self, owner: type, instance: Instance) -> None:
        self.instance = instance
        self.got: list[list[Any]] = []
        self.calls = Calls()
        self.items = [bytes([0x41 + number]) * ITEM_SIZE for number in range(instance.items)]
        programs = _programs(owner, instance)
        self.scenario = Scenario(
            [programs["produce"], *[programs["consume"]] * instance.consumers],
            self.prepare, self.judge, judge_stuck=self.judge_stuck,
        )  # fmt: skip

    def not_simulated(self, schedule: tuple[int, ...]) -> str:
        """Why a failing run says nothing: an exception that the simulation has raised itself; "" if it did not."""
        Execution(self.scenario, schedule).run(lambda world, here, _: here.choices[0])
        for process in self.world.processes if self.world else []:
            frames = traceback.extract_tb(process.error.__traceback__) if process.error else []
            if frames and frames[-1].filename.startswith(_EXPLORER) and not _is_ipc(process.error):
                return f"the simulation raised {type(process.error).__name__}: {process.error}"
        return ""

    def prepare(self, world: World) -> list[tuple[Any, ...]]:
        self.world = world
        # One name for both: a report leaves out the steps of the check's own semaphores by it.
        gate, ready = (Semaphore.of(new_semaphore(world, "gate", 0)) for _ in range(2))
        self.calls, self.finishing = Calls(), False
        self.got = [Got(world, self.calls) for _ in range(self.instance.consumers)]
        first, rest = self.items[: self.instance.first], self.items[self.instance.first :]
        items = (self._each(world, first), self._each(world, rest, last=True))
        takers = [(gate, ready, got) for got in self.got]
        return [(gate, ready, self.instance.consumers, *items), *takers]

    def _each(self, world: World, items: list[bytes], last: bool = False) -> Iterator[bytes]:
        for item in items:
            self.calls.begin(world)
            yield item
        self.calls.begin(world)
        self.finishing = last and self.instance.to_the_end

    def judge(self, world: World, results: list[Any]) -> Finding | None:
        """What is wrong when all have returned."""
        return self._misdelivered(over=True) or self._sent_away(world)

    def judge_stuck(self, world: World) -> Finding | None:
        """What is wrong when nobody can go on; None: nothing but that."""
        return (
            self._misdelivered(over=False) or self._sent_away(world) or held_up(world, self.calls)
        )

    def _sent_away(self, world: World) -> Finding | None:
        """None came to a consumer, and finish had not been called."""
        for process, got in zip(world.processes[1:], self.got, strict=True):
            if process.done and not self.finishing and (self.instance.to_the_end or not got):
                return Finding(
                    "lost-item", f"process {process.name} got None, and finish had not been called"
                )
        return None

    def _misdelivered(self, over: bool) -> Finding | None:
        for consumer, got in enumerate(self.got, 1):
            for item in got:
                if item not in self.items:
                    return Finding(
                        "torn-read", f"consumer {consumer} got {item!r:.60}, which nobody put"
                    )
        numbers = [[self.items.index(item) for item in got] for got in self.got]
        seen = delivery(numbers, self._due)
        if seen["doubled"]:
            number, _ = seen["doubled"][0]
            earlier = [each for each in seen["lost"] if each < number]
            if earlier and over:
                return Finding(
                    "overwritten-item",
                    f"item {number + 1} was handed out twice, and item {earlier[0] + 1} never",
                )
            return Finding("duplicated-item", f"item {number + 1} was handed out twice")
        if seen["disorder"]:
            consumer, one, then = seen["disorder"]
            return Finding(
                "reordered-item",
                f"consumer {consumer} got item {one + 1}, and then item {then + 1}",
            )
        if over and seen["lost"]:
            return self._lost(seen["lost"][0], max(map(max, filter(None, numbers)), default=0))
        return None

    @property
    def _due(self) -> int:
        """How many items must have come out in the end. The buffer may keep what nobody asked for."""
        each = self.instance
        return each.items if each.to_the_end else min(each.items, each.consumers)

    def _lost(self, number: int, latest: int) -> Finding:
        if latest >= self._due:
            return Finding(
                "overwritten-item", f"item {latest + 1} came instead of item {number + 1}"
            )
        return Finding("lost-item", f"item {number + 1} was put, and nobody got it")

    def scope(self) -> str:
        capacity, consumers, items, *_ = self.instance
        return f"capacity {capacity}, {items} items, {consumers} consumers"


def _is_ipc(error: BaseException | None) -> bool:
    return isinstance(error, posix_ipc.Error)


def _programs(owner: type, instance: Instance) -> dict[str, Any]:
    lines = _PROGRAMS.splitlines(keepends=True)
    linecache.cache[_FILE] = (len(_PROGRAMS), None, lines, _FILE)
    scope = {
        "RingBuffer": owner, "NAME": NAME, "CAPACITY": instance.capacity, "ITEM_SIZE": ITEM_SIZE,
        "TO_THE_END": instance.to_the_end, "COME_FIRST": instance.come_first, "__name__": "the_check",
    }  # fmt: skip
    exec(compile(_PROGRAMS, _FILE, "exec"), scope)
    return scope
