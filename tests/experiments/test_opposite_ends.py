"""The experiments of notebook 3: tables read from /proc, and talks without one of their closes."""

from __future__ import annotations

import os

import pytest

from ipclab import experiments
from ipclab.experiments import opposite_ends_trials as trials
from ipclab.experiments.opposite_ends import CLOSES, READERS, ForgottenCloses, Step, Steps

BOTH = ((3, "read"), (4, "write"))


@pytest.fixture(scope="module")
def steps() -> Steps:
    return experiments.opposite_ends.steps()


@pytest.fixture(scope="module")
def forgotten() -> ForgottenCloses:
    return experiments.opposite_ends.forgotten_closes()


def test_the_tables_step_by_step(steps: Steps) -> None:
    assert steps.steps == (
        Step("start", (), None, 0),
        Step("pipe2", BOTH, None, 0),
        Step("fork", BOTH, BOTH, 0),
        Step("child closes", BOTH, BOTH[1:], 0),
        Step("parent closes", BOTH[:1], BOTH[1:], 0),
        Step("child writes", BOTH[:1], BOTH[1:], 5),
        Step("child ends", BOTH[:1], None, 5),
        Step("end", (), None, 0),
    )
    assert [step.writers for step in steps.steps] == [0, 1, 2, 2, 1, 1, 0, 0]
    assert (steps["fork"].readers, steps["end"].readers) == (2, 0)


def test_other_pipes_of_the_process_do_not_show() -> None:
    known = frozenset(trials._pipes_of(os.getpid()))
    read_fd, write_fd = os.pipe()
    found = trials.table_of(os.getpid(), known)
    os.close(read_fd)
    os.close(write_fd)
    assert found == ((read_fd, "read"), (write_fd, "write"))


def test_steps_print_draw_and_slide(steps: Steps) -> None:
    assert "The child closes its read end" in repr(steps)
    assert "3 read, 4 write" in repr(steps)
    assert "5 bytes wait" in steps.plot().alt
    choice, image = steps.slider().children
    shown = {bytes(image.value)}
    for number in range(2, len(steps.steps) + 1):
        choice.value = number
        shown.add(bytes(image.value))
    assert len(shown) == len(steps.steps)


def test_which_forgotten_close_whom_it_stops(forgotten: ForgottenCloses) -> None:
    assert set(forgotten.runs) == {(close, reader) for close in CLOSES for reader in READERS}
    assert forgotten.stuck() == {
        (trials.PARENTS_WRITE, trials.TO_THE_END): "write-end-left-open",
        (trials.CHILDS_READ, trials.LEAVES_EARLY): "read-end-left-open",
        (trials.PARENTS_READ, trials.LEAVES_EARLY): "wait-before-read",
    }
    assert all(run.stuck.proved for run in forgotten.runs.values() if run.stuck)


def test_what_is_left_open_is_told(forgotten: ForgottenCloses) -> None:
    lines = {line.split("  ")[0]: line for line in repr(forgotten).splitlines()}
    assert lines["nothing"].split()[1:] == ["works"] * 3
    assert lines["the parent's read end"].count("works, leaves fd 3 open") == 2
    assert forgotten[trials.NOTHING, trials.ONE_READ].value == 5


def test_two_ways_go_well_while_all_fits_in() -> None:
    talks = experiments.opposite_ends.two_way()
    small, fitting, large = talks.runs
    assert (fitting, large) == (talks.capacity, 4 * talks.capacity)
    assert talks[small].value == bytes(small)
    assert talks[fitting].ok
    deadlock = talks[large].stuck
    assert deadlock is not None and deadlock.proved
    assert deadlock.diagnosis == "pipe-full-deadlock"
    assert "works" in repr(talks) and "stuck: pipe-full-deadlock" in repr(talks)
