"""A lock whose holder is killed, in each place where it may stand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ipclab.database.locks import Abandoned
from ipclab.database.shared_cache import SharedCache

DEAD, ALIVE = 1, 2


@pytest.fixture
def shared() -> Iterator[SharedCache]:
    with SharedCache.create(slots=64, participants=3) as made:
        yield made


def test_a_lock_is_taken_and_given_back(shared: SharedCache) -> None:
    locks = shared.locks(ALIVE)
    assert locks.acquire(0) and not shared.locks(DEAD).acquire(0, patient=False)
    locks.release(0)
    assert shared.locks(DEAD).acquire(0)
    assert locks.left_by(DEAD) == 0 and locks.left_by(ALIVE) is None


def test_the_lock_of_a_dead_holder_is_given_back(shared: SharedCache) -> None:
    shared.locks(DEAD).acquire(1)
    supervisor = shared.locks(0)
    assert supervisor.left_by(DEAD) == 1
    assert supervisor.repair(1, [ALIVE])
    assert shared.locks(ALIVE).acquire(1, patient=False)


def test_a_lock_that_a_living_one_holds_is_not_given_back(shared: SharedCache) -> None:
    alive, supervisor = shared.locks(ALIVE), shared.locks(0)
    alive.acquire(1)
    shared.words.states[DEAD] = 1 + 1  # it died while it waited
    assert not supervisor.repair(1, [ALIVE])
    assert not shared.locks(DEAD).acquire(1, patient=False), "nobody comes in meanwhile"
    alive.release(1)
    assert supervisor.repair(1, [ALIVE])
    assert alive.acquire(1, patient=False) and not shared.locks(0).acquire(1, patient=False)


def test_a_holder_that_died_after_giving_it_back_took_nothing(shared: SharedCache) -> None:
    dead, supervisor = shared.locks(DEAD), shared.locks(0)
    dead.acquire(1)
    dead._semaphores[1].release()  # killed before its word said so
    assert supervisor.repair(1, [ALIVE])
    assert dead._semaphores[1].value == 1


def test_who_waits_for_a_lost_lock_without_a_supervisor_is_told(shared: SharedCache) -> None:
    shared.locks(DEAD).acquire(0)
    orphan = shared.locks(ALIVE, supervised=lambda: False)
    with pytest.raises(Abandoned):
        orphan.acquire(0)
