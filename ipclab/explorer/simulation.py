"""The part of `explore` and `replay` that runs in a process of its own, with the learner's functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .diagnose import false_invariant
from .events import Unmodelled
from .report import failure_data
from .scenario import Execution, Finding, Scenario
from .search import Search, decode
from .semaphores import new_semaphore
from .shims import Semaphore
from .sources import Sources
from .watching import watched
from .world import World

Settings = Mapping[str, Any]


def scenario_of(
    functions: list[Callable[..., Any]],
    invariant: Callable[[bytes, list[Any]], bool] | None,
    texts: Mapping[str, str],
    settings: Settings,
) -> Scenario:
    """Functions that share one piece of memory and some semaphores."""

    def prepare(world: World) -> list[list[Any]]:
        region = world.memory.region("memory", settings["size"], settings["initial"])
        made = [new_semaphore(world, name, value) for name, value in settings["semaphores"].items()]
        return [
            [world.memory.map(region), *(Semaphore.of(each) for each in made)] for _ in functions
        ]

    def judge(world: World, results: list[Any]) -> Finding | None:
        if invariant is None:
            return None
        image = world.memory.regions[0].image()
        how = ""
        try:
            if invariant(image, list(results)):
                return None
        except Exception as error:
            how = f" (it raised {type(error).__name__}: {error})"
        told = ", ".join(
            f"{p.name} returned {p.result!r:.40}" for p in world.processes if p.result is not None
        )
        text = (
            f"the invariant is false at the end{how}: memory begins with {image[:16].hex(' ', 8)}"
        )
        return Finding(false_invariant(world.events), f"{text}{'; ' if told else ''}{told}")

    return Scenario(functions, prepare, judge, crashes=settings["crashes"], sources=Sources(texts))


def search(
    functions: Any, invariant: Any, texts: Any, settings: Settings, progress: str = ""
) -> dict[str, Any]:
    """Explore; the result as plain data."""
    scenario = scenario_of(functions, invariant, texts, settings)

    def report(schedules: int, level: int) -> None:
        with open(progress, "w") as file:
            file.write(f"{schedules} {level}")

    try:
        with watched():
            found = Search(
                scenario,
                settings["max_preemptions"],
                settings["budget"],
                report=report if progress else None,
            ).run()
    except Unmodelled as error:
        return {"unmodelled": str(error)}
    failure = None
    if found.failure is not None:
        failure = failure_data(scenario, found.failure, _scope(found.preemptions, settings))
    return {
        "failure": failure,
        "schedules": found.schedules,
        "complete": found.complete,
        "max_preemptions": found.max_preemptions,
        "seconds": found.seconds,
    }


def replayed(
    functions: Any, invariant: Any, texts: Any, settings: Settings, schedule: str
) -> dict[str, Any]:
    """Execute one schedule; the result as plain data."""
    import time

    started = time.monotonic()
    scenario = scenario_of(functions, invariant, texts, settings)
    try:
        prefix = decode(schedule, len(functions))
        with watched():
            scenario.learn()
            outcome = Execution(scenario, prefix).run(
                lambda world, here, _: (
                    here.current if here.current in here.choices else here.choices[0]
                )
            )
    except Unmodelled as error:
        return {"unmodelled": str(error)}
    failure = None
    if outcome.finding is not None:
        failure = failure_data(scenario, outcome, "")
    return {
        "failure": failure,
        "schedules": 1,
        "complete": False,
        "max_preemptions": -1,
        "seconds": time.monotonic() - started,
        "diverged": outcome.diverged,
    }


def _scope(preemptions: int, settings: Settings) -> str:
    times = "1 preemption" if preemptions == 1 else f"{preemptions} preemptions"
    return (
        f"No schedule with fewer preemptions than this one ({times}) fails, for this many processes and rounds; "
        "memory is taken to be sequentially consistent."
    )
