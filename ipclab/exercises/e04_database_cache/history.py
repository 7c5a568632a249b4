"""Who was told what, and when? The calls of an explored run, and what they must not have returned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from ipclab.explorer.scenario import Finding
from ipclab.explorer.world import World

from .fakes import Cache, Store

NEVER = 1 << 30  # a time that does not come


class Job(NamedTuple):
    """A call that a worker makes."""

    what: str  # get or set
    value: bytes = b""

    def __str__(self) -> str:
        return "get" if self.what == "get" else f"set {self.value.decode()}"


@dataclass
class Call:
    """A call that was made. Times are numbers of events."""

    job: Job
    process: int
    entered: int
    began: int = NEVER  # its first step: before it, nobody could tell that it had begun
    ended: int = NEVER
    returned: bool = False
    value: Any = None


class History:
    """The calls of one run. Part of the explored state: what may be returned depends on what has returned."""

    def __init__(self, world: World, cache: Cache, store: Store, key: bytes) -> None:
        self._world = world
        self._cache = cache
        self._store = store
        self._key = key
        self._first = store.values.get(key)
        self.calls: list[Call] = []

    def begin(self, job: Job) -> Call:
        running = self._world.running
        assert running is not None
        self.calls.append(Call(job, running.number, len(self._world.events)))
        return self.calls[-1]

    def end(self, call: Call, value: Any) -> None:
        self._close(call)
        call.returned, call.value = True, value

    def failed(self, call: Call) -> None:
        self._close(call)

    def _close(self, call: Call) -> None:
        self._find_begin(call)
        call.ended = len(self._world.events)
        call.began = min(call.began, call.ended)

    def _find_begin(self, call: Call) -> None:
        if call.began == NEVER:
            for number in range(call.entered, len(self._world.events)):
                if self._world.events[number].process == call.process:
                    call.began = number
                    return

    def digest(self) -> str:
        """All that matters of it for what comes later: how new the answer to each get must be."""
        for each in self.calls:
            self._find_begin(each)
        return repr(
            [
                (
                    c.process,
                    c.job,
                    c.returned,
                    c.ended < NEVER,
                    c.began < NEVER and self._newest_before(c),
                )
                for c in sorted(self.calls, key=lambda c: (c.process, c.entered))
            ]
        )

    def _newest_before(self, call: Call) -> int:
        """The place, in the store's order, of the newest value whose set had returned when this call began."""
        done = [
            self._place(each.job.value)
            for each in self.calls
            if each.job.what == "set" and each.returned and each.ended <= call.began
        ]
        return max(done, default=-1)

    def _place(self, value: Any) -> int:
        """When the store got this value; -1: it held it before everything."""
        places = [n for n, (_, each) in enumerate(self._store.written) if each == value]
        return places[-1] if places else -1

    def judge(self) -> Finding | None:
        """What is wrong, once all calls are over."""
        for call in self.calls:
            if call.job.what == "get" and call.returned and (problem := self._judge_get(call)):
                return problem
        if self._world.semaphores[0].value != 1:
            return Finding("lock-not-released", "all calls are over, and cache.lock is still taken")
        cached, stored = self._cache.values.get(self._key), self._store.values.get(self._key)
        if cached is not None and cached != stored:
            return Finding(
                "stale-read",
                f"all calls are over: the store holds {_told(stored)}, and the cache {_told(cached)},"
                " which every later get will return",
            )
        return None

    def _judge_get(self, call: Call) -> Finding | None:
        name = chr(ord("A") + call.process)
        sets = [each.job.value for each in self.calls if each.job.what == "set"]
        if call.value != self._first and call.value not in sets:
            how = ", though the store held a value all the time"
            how = how if call.value is None else ", which the store never held"
            return Finding(
                "wrong-result", f"the get of process {name} returned {_told(call.value)}{how}"
            )
        newest, place = self._newest_before(call), self._place(call.value)
        if place < newest and (place >= 0 or call.value == self._first):
            newer = self._store.written[newest][1]
            return Finding(
                "stale-read",
                f"the get of process {name} returned {_told(call.value)}, and began after the set of"
                f" {newer!r} had returned",
            )
        return None


def _told(value: Any) -> str:
    return "nothing" if value is None else repr(value)
