"""Notebook 7: what needs no luck happens every time, and what needs luck is counted right."""

from __future__ import annotations

import fcntl
import mmap
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from ipclab import experiments
from ipclab.experiments import races_locks as locks
from ipclab.experiments.races import Corruption, LostUpdate, Prices, Step, TornCopies, TornStructure
from ipclab.experiments.races_locks import LOCKS, FileLock, together
from ipclab.ipc.counting import COUNTER, increment_with_lock
from ipclab.ipc.processes import reap, spawn

races = experiments.races


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [  # Wilson's own formula, worked out elsewhere to four digits
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (1, 40, 0.0044, 0.1288),
        (0, 1000, 0.0, 0.0038),
    ],
)
def test_the_interval_is_wilsons(hits: int, trials: int, low: float, high: float) -> None:
    assert races.interval(hits, trials) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(("hits", "trials"), [(0, 0), (2, 1), (-1, 3)])
def test_an_interval_of_nothing_is_refused(hits: int, trials: int) -> None:
    with pytest.raises(ValueError, match="there must be a trial"):
        races.interval(hits, trials)


def test_an_update_is_lost_in_every_run() -> None:
    for _ in range(5):
        lost = races.lost_update()
        assert [step.process for step in lost.steps] == ["A", "B", "B", "A"]
        assert [step.number for step in lost.steps] == [0, 0, 1, 1]
        assert lost.counter == 1


def test_with_a_lock_it_is_lost_in_none() -> None:
    for _ in range(5):
        locked = races.lost_update(locked=True)
        assert [step.process for step in locked.steps] == ["A", "B", "A", "B", "B"]
        assert locked.steps[1] == Step("B", "finds the lock taken", None, 0)
        assert locked.counter == 2


def add_three(memory: mmap.mmap, times: int) -> None:
    """Never right, whoever counts with it."""
    memory[:8] = COUNTER.pack(3 * times)


def test_wrong_sums_are_counted_and_right_ones_are_not() -> None:
    wrong = races.corruption(add_three, processes=[1], increments=[5], seconds=0.01)
    assert wrong.rounds >= 3
    assert wrong.wrong == {(False, 1, 5): wrong.rounds, (True, 1, 5): wrong.rounds}
    right = races.corruption(processes=[1], increments=[0, 50], seconds=0.01)
    assert right.wrong_by(processes=1) == 0


def wrong_unless_pinned(memory: mmap.mmap, times: int) -> None:
    memory[:8] = COUNTER.pack(times if len(os.sched_getaffinity(0)) == 1 else times + 1)


def test_pinned_processes_have_one_core_and_the_others_all() -> None:
    found = races.corruption(wrong_unless_pinned, processes=[1], increments=[1], seconds=0)
    assert found.wrong[True, 1, 1] == 0
    cores = len(os.sched_getaffinity(0))
    assert found.cores == cores
    assert found.wrong[False, 1, 1] == (found.rounds if cores > 1 else 0)


def test_a_reader_between_two_stores_sees_half_of_each_state() -> None:
    before, between, after = races.torn_structure().copies
    assert (before, between, after) == (b"\x11" * 16, b"\x22" * 8 + b"\x11" * 8, b"\x22" * 16)


def test_no_copy_is_torn_under_the_lock() -> None:
    found = races.torn_copies(stores=500, seconds=0)
    assert found.torn("semaphore") == 0
    assert all(copies > 0 for counts in found.found.values() for _, copies in counts)


def test_two_who_count_under_a_lock_count_right() -> None:
    prices = races.prices(times=50, seconds=0)
    assert prices.rounds == 7
    assert prices.wrong[2, "semaphore"] == prices.wrong[2, "file lock"] == 0
    assert all(prices.wrong[1, lock] == 0 for lock in LOCKS)
    assert all(prices.cheapest(workers, lock) > 0 for workers in (1, 2) for lock in LOCKS)


def test_a_lock_costs_something_and_a_file_lock_more() -> None:
    prices = races.prices()
    assert prices.cheapest(1, "no lock") < prices.cheapest(1, "semaphore")
    assert prices.cheapest(1, "semaphore") < prices.cheapest(1, "file lock")


def test_a_semaphore_stays_taken_when_its_holder_is_killed() -> None:
    run = races.killed_in_the_lock(others=2)
    assert run.stuck is not None
    assert run.stuck.diagnosis == "hang"
    assert "semaphore" in run.stuck.cause


def test_a_file_lock_is_given_back_when_its_holder_is_killed() -> None:
    run = races.killed_in_the_lock("file lock", others=3)
    assert run.value == [0, 0, 0]
    assert run.ok


def test_no_lock_is_no_lock_to_be_killed_in() -> None:
    with pytest.raises(ValueError, match="no lock"):
        races.killed_in_the_lock("no lock")


def test_a_file_lock_keeps_another_process_out() -> None:
    with tempfile.TemporaryFile() as file:
        with FileLock(file.fileno()):
            assert reap(spawn(_leave_with_errno, file.fileno())) == 11  # EAGAIN
        assert reap(spawn(_leave_with_errno, file.fileno())) == 0


def _leave_with_errno(fd: int) -> None:
    try:
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os._exit(error.errno or 0)


def test_workers_that_fail_are_told(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match=r"ended with \[1, 1\]"):
        together(2, int, "no number")
    assert "invalid literal" in capfd.readouterr().err


def open_and_running() -> tuple[list[str], str]:
    """This process's descriptors and children (the sandbox has some)."""
    return os.listdir("/proc/self/fd"), Path("/proc/thread-self/children").read_text()


def test_workers_leave_nothing() -> None:
    before = open_and_running()
    memory = mmap.mmap(-1, locks.SIZE)
    with tempfile.TemporaryFile() as file:
        together(3, increment_with_lock, memory, FileLock(file.fileno()), 20)
    assert COUNTER.unpack_from(memory) == (60,)
    memory.close()
    assert open_and_running() == before


CORRUPTION = Corruption(
    2, 40, {(False, 1, 10): 0, (False, 2, 10): 40, (True, 1, 10): 0, (True, 2, 10): 4}
)
LOST = LostUpdate(False, (Step("A", "reads", 0, 0), Step("A", "adds one, writes", 1, 1)))
COPIES = TornCopies(
    1, {(pinned, lock): ((1, 4), (0, 4)) for pinned in (False, True) for lock in ("no lock", "semaphore")}
)  # fmt: skip
PRICES = Prices(
    10, {(workers, lock): (1e-6, 2e-6, 3e-6) for workers in (1, 2) for lock in LOCKS},
    {(workers, lock): 0 for workers in (1, 2) for lock in LOCKS},
)  # fmt: skip
STRUCTURE = TornStructure((b"\x11" * 16, b"\x22" * 8 + b"\x11" * 8, b"\x22" * 16))


def test_results_print_as_tables() -> None:
    assert "40 rounds" in repr(CORRUPTION)
    assert "91 to 100 %" in repr(CORRUPTION)
    assert "any of 2 cores" in repr(CORRUPTION)
    assert "no lock" in repr(LOST)
    assert "22 22 22 22 22 22 22 22  11 11 11 11 11 11 11 11  no" in repr(STRUCTURE)
    assert "12.50" in repr(COPIES)
    assert "any of" not in repr(COPIES)  # there is one core only
    assert "2,000" in repr(PRICES)


@pytest.mark.parametrize("result", [CORRUPTION, LOST, COPIES, PRICES, STRUCTURE])
def test_figures_say_in_words_what_they_show(result: Any) -> None:
    figure = result.plot()
    assert len(figure.alt) > 60
    assert figure.axes[0].get_title(loc="left")
