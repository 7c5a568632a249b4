"""What happens in the sandbox when exercise 7 is explored: every order of the solution's steps."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ipclab.exercises.acting import unguarded
from ipclab.explorer.diagnose import false_invariant
from ipclab.explorer.events import Unmodelled
from ipclab.explorer.report import failure_data
from ipclab.explorer.scenario import Finding, Scenario
from ipclab.explorer.search import Search
from ipclab.explorer.semaphores import new_semaphore
from ipclab.explorer.shims import Semaphore

SIZE = 64  # bytes
START = 254  # so that the counter's second byte changes, too


def often(times: int) -> str:
    """A number of times, in words that can stand behind a number."""
    return "once" if times == 1 else f"{times:,} times over"


def explore(
    functions: SimpleNamespace, locked: bool, workers: int, times: int, budget: float
) -> dict[str, Any]:
    """Search for an order in which an update is lost, or anything else goes wrong.

    {"failure": its data or None, "complete": whether all orders were covered, "schedules": how many ran,
    "bound": preemptions up to which all were covered}, or {"unmodelled": why it can't be explored}.
    """
    name = "increment_with_lock" if locked else "increment_without_lock"
    program = unguarded(getattr(functions, name))

    def prepare(world: Any) -> list[tuple[Any, ...]]:
        region = world.memory.region("memory", SIZE, START.to_bytes(8, "little"))
        lock = (Semaphore.of(new_semaphore(world, "semaphore", 1)),) if locked else ()
        return [(world.memory.map(region), *lock, times) for _ in range(workers)]

    def judge(world: Any, results: list[Any]) -> Finding | None:
        counter = int.from_bytes(world.memory.regions[0].image()[:8], "little")
        right = START + workers * times
        if counter != right:
            return Finding(
                false_invariant(world.events), f"the counter is {counter}, and should be {right}"
            )
        if locked and world.semaphores[0].value != 1:
            value = world.semaphores[0].value
            word = "lock-not-released" if value == 0 else "wrong-result"
            return Finding(word, f"afterwards the semaphore has the value {value}")
        return None

    scenario = Scenario([program] * workers, prepare, judge)
    try:
        found = Search(scenario, budget=budget).run()
    except Unmodelled as reason:
        return {"unmodelled": str(reason)}
    scope = f"{workers} processes, each adding 1, {often(times)}"
    return {
        "failure": failure_data(scenario, found.failure, scope) if found.failure else None,
        "complete": found.complete,
        "schedules": found.schedules,
        "bound": found.max_preemptions,
    }
