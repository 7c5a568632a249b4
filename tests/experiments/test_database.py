"""Notebook 4: an old value is found in every search, and nobody waits longer than the notebook says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ipclab import experiments
from ipclab.experiments.database import Get, KilledWorker, Request, SlowMiss, WorkingSets
from ipclab.explorer.results import ExplorerError
from ipclab.ipc import caching

database = experiments.database


def get_simply(cache: Any, store: Any, key: bytes) -> Any:
    value = cache.get(key)
    if value is None:
        value = store.get(key)
        cache.put(key, value)
    return value


def set_simply(cache: Any, store: Any, key: bytes, value: bytes) -> None:
    store.set(key, value)
    cache.put(key, value)


def set_in_a_fork(cache: Any, store: Any, key: bytes, value: bytes) -> None:
    import os

    os.fork()


def test_the_stale_fill_is_found_every_time() -> None:
    for _ in range(3):
        found = database.orders(get_simply, set_simply)
        assert found.failure is not None
        assert (found.failure.diagnosis, found.failure.schedule) == ("stale-read", "A2B3A2")


@pytest.mark.parametrize("way", ["cache", "lease"])
def test_the_taught_ways_leave_nothing_old(way: str) -> None:
    found = database.orders(
        getattr(caching, f"get_with_{way}"), getattr(caching, f"set_with_{way}")
    )
    assert found.failure is None and found.complete


def test_what_cannot_be_explored_is_said() -> None:
    with pytest.raises(ExplorerError, match="fork"):
        database.orders(get_simply, set_in_a_fork)


def test_who_waits_for_a_slow_miss() -> None:
    waiting = database.slow_miss(20)
    ways = iter(waiting.gets)
    for hits, misses in ((0, 0), (20, 0), (20, 20)):
        way = next(ways)
        assert (waiting.meanwhile(way, hit=True), waiting.meanwhile(way, hit=False)) == (
            hits,
            misses,
        )


def test_a_cache_helps_while_the_keys_fit() -> None:
    sets = database.working_sets((16, 512), slots=128, seconds=0)
    assert sets.hits[16] == 1
    assert sets.hits[512] < 0.5
    assert sets.rounds == 7
    assert sets.gain(16) > 2


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_nobody_is_told_anything_wrong() -> None:
    killed = database.killed_worker(100)
    before, after = killed.workers
    assert killed.count("wrong") == 0
    assert before[0] not in after and len(after) == 2
    assert killed.killed < killed.replaced


@pytest.mark.slow
@pytest.mark.parametrize("way", ["cache", "lease"])
def test_it_is_the_same_with_a_learners_functions(way: str, tmp_path: Path) -> None:
    path = tmp_path / "solution.py"
    path.write_text(
        f"from ipclab.ipc.caching import get_with_{way} as get_with_cache\n"
        f"from ipclab.ipc.caching import set_with_{way} as set_with_cache\n"
    )
    killed = database.killed_worker(100, path)
    assert killed.count("wrong") == 0
    assert killed.workers[0][0] not in killed.workers[1]


def test_results_count_and_draw_what_they_hold() -> None:
    gets = (Get(True, 0.0, 0.5), Get(True, 0.5, 2.0), Get(False, 2.0, 2.5), Get(False, 2.5, 4.0))
    waiting = SlowMiss({"a": 1.0, "b": 3.0}, {"a": gets, "b": gets})
    assert waiting.rows() == [("a", 1, 0, "1500.0", "1500.0"), ("b", 2, 1, "1500.0", "1500.0")]
    assert "a: 1 hits and 0 misses" in waiting.plot().alt  # type: ignore[attr-defined]

    sets = WorkingSets(
        8, 5, {4: 1.0, 16: 0.5}, {4: (1e-6, 3e-6), 16: (8e-6,)}, {4: (6e-6,), 16: (4e-6,)}
    )
    assert sets.rows()[0] == (4, "100", "2.0", "1.0", "6.0", "6.0")
    assert [sets.gain(4), sets.gain(16)] == pytest.approx([6, 0.5])

    requests = (Request("set", "right", 0.0, 0.1), Request("set", "unknown", 0.2, 0.3))
    killed = KilledWorker(0.15, 0.16, ((1, 2), (2, 3)), (requests, requests[:1]))
    assert (killed.count("right"), killed.count("unknown"), killed.count("wrong")) == (2, 1, 0)
    assert killed.rows()[0] == ("client 1", 2, 1, 0, 1, "100.0")
    assert "0 answers are wrong" in killed.plot().alt  # type: ignore[attr-defined]
