"""What happens in the sandbox when exercise 5 is explored: every order of the steps of publishers and readers."""

from __future__ import annotations

import os
import select
import selectors
import threading
import time
from functools import partial, partialmethod
from types import SimpleNamespace
from typing import Any

from ipclab.exercises.acting import unguarded
from ipclab.explorer.diagnose import false_invariant
from ipclab.explorer.events import Operation, Unmodelled
from ipclab.explorer.report import failure_data
from ipclab.explorer.scenario import Finding, Scenario
from ipclab.explorer.search import Found, Search
from ipclab.explorer.semaphores import new_semaphore
from ipclab.explorer.shims import Semaphore, sleep
from ipclab.explorer.watching import watched
from ipclab.explorer.world import World
from ipclab.webserver import CONFIG, Config

from .stage import plain

CONFIGS = (
    Config(1, 11, 111, b"first"),
    Config(2, 22, 222, b"second, and longer than eight"),
    Config(3, 33, 333, b"third, which is a long greeting, too"),
)
ASKED = 4  # how often a watcher may still ask after the last publication
SLICE = 0.3  # seconds of the clock
MOST = 4.0  # seconds of the clock for one exploration
VERSION = 8  # bytes of it, at offset 0
LOOKED = 2  # by this question it must have looked at the version


class ShouldStop:
    """Asking it is a step. True at the fourth question after the last publication."""

    explorer_step = True

    def __init__(self) -> None:
        self.begun = 0  # the step before the last publication
        self.published = False
        self.asked = 0

    def digest(self) -> tuple[bool, int]:
        return self.published, self.asked

    def __call__(self) -> bool:
        world = World.current
        assert world is not None
        site = world.site
        world.pause(Operation("should_stop()", site=site))
        world.site = site
        self.asked += self.published
        answer = self.asked >= ASKED
        world.observe(answer)
        world.note(world.running, "call", f"should_stop() → {answer}", target="should_stop")
        return answer


def explore(functions: SimpleNamespace, what: str, budget: float) -> dict[str, Any]:
    """Search for an order of steps in which anything goes wrong; `what` is a key of SCENARIOS.

    {"failure": its data or None, "complete": whether all orders were covered, "schedules": how many ran,
    "bound": preemptions up to which all were covered}, or {"unmodelled": why it can't be explored}.
    """
    if what == "changes":
        os.nice(10)  # watchers that are measured meanwhile come first
    names = ("publish", "snapshot", "watch")
    scenario = SCENARIOS[what]([unguarded(getattr(functions, name)) for name in names])
    try:
        with watched():
            found = _search(Search(scenario, budget=SLICE), budget)
    except Unmodelled as reason:
        return {"unmodelled": str(reason)}
    return {
        "failure": failure_data(scenario, found.failure, "") if found.failure else None,
        "complete": found.complete,
        "schedules": found.schedules,
        "bound": found.max_preemptions,
    }


def _search(search: Search, budget: float) -> Found:
    """Slice by slice, until it is decided, or has used so many seconds of a processor."""
    start = time.monotonic()
    while True:
        found = search.run()  # goes on where it stopped
        used = time.process_time()
        if found.failure or found.complete or used > budget or time.monotonic() - start > MOST:
            return found


def wait_no_more() -> None:
    """Let waits with a time limit that are no steps end at once: the time in a simulation is its own.

    To be called before the solution is loaded, which may import them by their names.
    """
    select.select = partial(_select_now, select.select)
    select.poll = partial(_Poll, select.poll, 0.001)  # type: ignore[assignment,misc]
    select.epoll = partial(_Poll, select.epoll, 1.0)  # type: ignore[assignment,misc]
    for kind in (selectors.SelectSelector, selectors.PollSelector, selectors.EpollSelector):
        kind.select = partialmethod(_selector_now, kind.select)  # type: ignore[assignment]
    threading.Event.wait = _event_now  # type: ignore[method-assign,assignment]


def _pass(seconds: float | None) -> None:
    """So much time passes for the simulated process, and none for this one."""
    if World.current is not None:
        sleep(seconds or 0.0)


def _select_now(select: Any, r: Any, w: Any, x: Any, timeout: float | None = None) -> Any:
    _pass(timeout)
    return select(r, w, x, 0)


def _selector_now(selector: Any, select: Any, timeout: float | None = None) -> Any:
    _pass(timeout)
    return select(selector, 0)


def _event_now(event: threading.Event, timeout: float | None = None) -> bool:
    _pass(timeout)
    return event.is_set()


class _Poll:
    """A poll or epoll object that never waits; its time limits are in `unit` seconds."""

    def __init__(self, make: Any, unit: float, *arguments: Any, **keywords: Any) -> None:
        self._inner, self._unit = make(*arguments, **keywords), unit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __enter__(self) -> _Poll:
        return self

    def __exit__(self, *_: object) -> None:
        self._inner.close()

    def poll(self, timeout: float | None = None, *arguments: Any, **keywords: Any) -> Any:
        _pass((timeout or 0.0) * self._unit)
        return self._inner.poll(0, *arguments, **keywords)


def _shared(world: World) -> tuple[Any, Any]:
    """The region and the lock: each process maps the one and opens the other."""
    region = world.memory.region("memory", CONFIG.size, CONFIG.pack(*CONFIGS[0]))
    return region, new_semaphore(world, "lock", 1)


def _judge_end(world: World, allowed: tuple[Config, ...]) -> Finding | None:
    """What all have left: a whole configuration, and a free lock."""
    fields = CONFIG.unpack(world.memory.regions[0].image()[: CONFIG.size])
    left = Config._make(fields)._replace(greeting=fields[3].rstrip(b"\0"))
    if left not in allowed:
        word = false_invariant(world.events)
        text = f"in the end memory holds {left}, which nobody published"
        return Finding("lost-update" if word == "invariant" else word, text)
    if (value := world.semaphores[0].value) != 1:
        word = "lock-not-released" if value == 0 else "wrong-result"
        return Finding(word, f"afterwards the lock has the value {value}")
    return None


def _judge_looks(who: str, looks: list[Any], allowed: tuple[Config, ...]) -> Finding | None:
    """What one process got to see, in its order."""
    known = [list(each) for each in allowed]
    for look in looks:
        if look not in known:
            told = Config(*look) if isinstance(look, list) else look
            return Finding("torn-read", f"{who} {told}, which nobody published")
    return None


def _snapshots(learners: list[Any]) -> Scenario:
    """One publishes twice, and the other looks twice."""

    def publisher(memory: Any, lock: Any) -> None:
        for config in CONFIGS[1:]:
            learners[0](memory, lock, config)

    def reader(memory: Any, lock: Any) -> list[Any]:
        return [plain(learners[1](memory, lock)) for _ in range(2)]

    def prepare(world: World) -> list[tuple[Any, ...]]:
        region, lock = _shared(world)
        return [(world.memory.map(region), Semaphore.of(lock)) for _ in range(2)]

    def judge(world: World, results: list[Any]) -> Finding | None:
        if finding := _judge_looks("snapshot returned", results[1], CONFIGS):
            return finding
        ages = [[list(each) for each in CONFIGS].index(look) for look in results[1]]
        if ages != sorted(ages):
            return Finding("stale-read", "its second look got an older one than the first")
        return _judge_end(world, CONFIGS[2:])

    return Scenario([publisher, reader], prepare, judge)


def _publications(learners: list[Any]) -> Scenario:
    """Two publish one configuration each; the second one looks afterwards."""

    def publisher(memory: Any, lock: Any, config: Config) -> None:
        learners[0](memory, lock, config)

    def second(memory: Any, lock: Any, config: Config) -> list[Any]:
        learners[0](memory, lock, config)
        return [plain(learners[1](memory, lock))]

    def prepare(world: World) -> list[tuple[Any, ...]]:
        region, lock = _shared(world)
        return [(world.memory.map(region), Semaphore.of(lock), each) for each in CONFIGS[1:]]

    def judge(world: World, results: list[Any]) -> Finding | None:
        finding = _judge_end(world, CONFIGS[1:])
        return finding or _judge_looks("snapshot returned", results[1], CONFIGS[1:])

    return Scenario([publisher, second], prepare, judge)


def _changes(learners: list[Any]) -> Scenario:
    """One publishes twice, and the other watches."""

    def publisher(memory: Any, lock: Any, stop: ShouldStop) -> None:
        for config in CONFIGS[1:]:
            stop.begun = World.current.steps if World.current else 0
            learners[0](memory, lock, config)
        stop.published = True

    def watcher(memory: Any, lock: Any, stop: ShouldStop) -> list[Any]:
        seen: list[Any] = []
        learners[2](memory, lock, lambda config: seen.append(plain(config)), stop)
        return seen

    def prepare(world: World) -> list[tuple[Any, ...]]:
        region, lock = _shared(world)
        stop = ShouldStop()
        world.shared.append(stop)
        return [(world.memory.map(region), Semaphore.of(lock), stop) for _ in range(2)]

    def judge(world: World, results: list[Any]) -> Finding | None:
        if finding := _judge_looks("on_change got", results[1], CONFIGS):
            return finding
        newest = list(CONFIGS[2])
        if newest not in results[1] and _had_to_notice(world):
            return Finding(
                "update-missed", f"the last change was never reported; what was: {results[1]}"
            )
        return _judge_end(world, CONFIGS[2:])

    return Scenario([publisher, watcher], prepare, judge)


def _had_to_notice(world: World) -> bool:
    """Did the watcher know an older version, and look again early enough to report the last one?"""
    stop = world.shared[0]
    published = max((each.step for each in world.events if each.process == 0), default=0)
    own = [each for each in world.events if each.process == 1]
    looks = [each.step for each in own if any(span.low < VERSION for span in each.reads)]
    asks = [each.step for each in own if each.target == "should_stop"]
    after = [step for step in asks if step > published][LOOKED - 1 :]
    before = any(step <= min(stop.begun, asks[0]) for step in looks) if asks else False
    return before and bool(after) and any(published < step < after[0] for step in looks)


SCENARIOS = {"snapshots": _snapshots, "publications": _publications, "changes": _changes}
