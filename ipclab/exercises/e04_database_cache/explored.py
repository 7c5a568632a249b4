"""What happens in the sandbox when exercise 4 is explored: every order of the workers' steps."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ipclab.exercises.acting import unguarded
from ipclab.explorer.events import Unmodelled
from ipclab.explorer.objects import SharedObject
from ipclab.explorer.report import failure_data
from ipclab.explorer.scenario import Finding, Scenario
from ipclab.explorer.search import Search, processor_clock
from ipclab.explorer.semaphores import Lock, new_semaphore
from ipclab.explorer.world import World

from .fakes import Cache, Store, StoreFailed
from .history import History, Job

KEY = b"k"
OLD = b"old"
PREEMPTIONS = {2: 3, 3: 2}  # covered, by the number of workers


def explore(
    functions: SimpleNamespace, instances: list[dict[str, Any]], budget: float
) -> dict[str, Any]:
    """Search each instance for an order of steps after which somebody is told, or the cache holds, what is over.

    An instance: "jobs", for each worker its calls as (what, value); "cached", "stored": what cache and store
    hold at first; "failing": when the store raises; "error": what, a key of ERRORS. The result: {"failure":
    its data or None, "complete": whether all orders were covered, "schedules": how many ran} or {"unmodelled":
    why it can't be explored}. `budget`: seconds of a processor for all of them.
    """
    clock = processor_clock()
    schedules, complete = 0, True
    for instance in instances:
        scenario = _scenario(functions, instance)
        bound, left = PREEMPTIONS[len(instance["jobs"])], max(0.05, budget - clock())
        try:
            found = Search(scenario, bound, left, extra=False, clock=clock).run()
        except Unmodelled as reason:
            return {"unmodelled": str(reason)}
        schedules += found.schedules
        complete = complete and found.complete
        if found.failure is not None:
            failure = failure_data(scenario, found.failure, scope="")
            return {"failure": failure, "complete": False, "schedules": schedules}
    return {"failure": None, "complete": complete, "schedules": schedules}


def _scenario(functions: SimpleNamespace, instance: dict[str, Any]) -> Scenario:
    get = unguarded(functions.get_with_cache)
    set_ = unguarded(functions.set_with_cache)
    workers = [_worker(get, set_, [Job(*job) for job in jobs]) for jobs in instance["jobs"]]

    def prepare(world: World) -> list[tuple[Any, ...]]:
        inner = Cache(Lock(new_semaphore(world, "cache.lock", 1)))
        store = Store(failing=instance["failing"], error=instance["error"])
        if instance["stored"] is not None:
            store.values[KEY] = instance["stored"]
        if instance["cached"] is not None:
            inner.values[KEY] = instance["cached"]
        history = History(world, inner, store, KEY)
        shared = (
            SharedObject("cache", inner, state=lambda: (inner.values, inner.changes)),
            SharedObject(
                "store",
                store,
                state=lambda: store.written,
                slow={"get", "set"} if len(workers) == 2 else (),
                effect_first={"get"},
            ),
        )
        world.shared += [history, *shared]
        return [(history, *shared) for _ in workers]

    def judge(world: World, results: list[Any]) -> Finding | None:
        history: History = world.shared[0]
        return history.judge()

    return Scenario(workers, prepare, judge)


def _worker(get: Any, set_: Any, jobs: list[Job]) -> Any:
    """One worker: its calls, one after the other."""

    def program(history: History, cache: Any, store: Any) -> None:
        for job in jobs:
            call = history.begin(job)
            try:
                if job.what == "get":
                    history.end(call, get(cache, store, KEY))
                else:
                    history.end(call, set_(cache, store, KEY, job.value))
            except StoreFailed:
                history.failed(call)

    program.__qualname__ = ", ".join(map(str, jobs))
    return program
