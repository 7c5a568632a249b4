"""The experiments on FIFOs: their measurements show what notebook 8 says, and draw themselves."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from ipclab.experiments import fifos
from ipclab.experiments import fifos_trials as trials
from ipclab.experiments.fifos import Event, Modes, Scene, Speed, Strangers
from ipclab.sandbox.observe import children_of

frugal = pytest.mark.usefixtures("nothing_left")


@pytest.fixture
def nothing_left() -> Iterator[None]:
    umask = os.umask(0o022)
    os.umask(umask)
    descriptors, children = os.listdir("/proc/self/fd"), children_of(os.getpid())
    yield
    assert os.listdir("/proc/self/fd") == descriptors
    assert os.umask(umask) == umask
    assert children_of(os.getpid()) == children


def event(step: int, began: float, returned: float, waited: bool = False) -> Event:
    return Event("server", "read", "b''", began, returned, waited, step)


@frugal
def test_a_call_that_waits_is_seen_asleep() -> None:
    records, sizes = trials.played(
        [("a", "open O_RDONLY"), ("b", "open O_WRONLY"), ("b", "write x"), ("a", "read")]
    )
    assert [record[5] for record in records] == [True, False, False, False]
    assert [record[2] for record in records] == ["a descriptor", "a descriptor", "wrote 1", "b'x'"]
    assert records[0][4] > records[1][3]
    assert sizes == [0, 0, 0, 0]


@frugal
def test_a_call_that_never_returns_is_left_out() -> None:
    records, _ = trials.played([("a", "open O_RDONLY"), ("b", "unlink")])
    assert [record[:3] for record in records] == [("b", "unlink", "done")]


@frugal
def test_an_error_is_told_by_its_name() -> None:
    records, _ = trials.played([("a", "open O_WRONLY|O_NONBLOCK"), ("a", "unlink")])
    assert records[0][2] == "ENXIO"


@frugal
def test_the_umask_takes_bits_away() -> None:
    assert trials.modes([0o622], [0, 0o022]) == [(0o622, 0, 0o622), (0o622, 0o022, 0o600)]


@frugal
def test_two_programs_with_different_parents_share_the_inode() -> None:
    programs, said = trials.strangers()
    assert [(name, access) for name, _, access, _ in programs] == [("cat", "read"), ("sh", "write")]
    assert len({parent for _, parent, _, _ in programs}) == 2
    assert len({inode for _, _, _, inode in programs}) == 1
    assert said == "hello\n"


@frugal
def test_rates_come_in_pairs() -> None:
    rates = trials.transfer_rates(2, 1 << 16, 4096)
    assert len(rates) == 2
    assert all(rate > 0 for pair in rates for rate in pair)


def test_a_scene_knows_which_step_ended_a_wait() -> None:
    scene = Scene("x", (event(0, 1.0, 3.5, True), event(1, 2.0, 2.1), event(2, 3.0, 3.1)), (0,))
    assert scene.waits == [1]
    assert (scene.ended_by(1), scene.ended_by(2)) == (3, 2)
    assert scene[2].step == 1
    assert scene[1].line == "server: read: waits, b''"


def test_results_print_and_draw_themselves() -> None:
    scene = Scene("A title", (event(0, 1.0, 2.0),), (0,))
    assert "A title" in repr(scene) and "server: read" in scene.plot().alt
    assert Speed(((2.0, 1.0), (4.0, 4.0), (1.0, 3.0)), 1 << 20, 4096).ratio == 1.0
    assert Speed(((1e6, 2e6),), 1 << 20, 4096).plot().alt
    assert "owner rw, others w" in repr(Modes({(0o602, 0): 0o602}))
    assert "nobody" in repr(Modes({(0o600, 0o777): 0}))
    same = Strangers((("cat", 1, "read", 7), ("sh", 1, "write", 8)), "")
    assert (same.have_one_parent, same.have_one_inode) == (True, False)


def test_the_experiments_return_what_was_measured() -> None:
    assert fifos.reader_first().waits == [1, 3, 5]
    assert fifos.writer_first().waits == [1]
    assert fifos.without_waiting().waits == []
    assert fifos.read_write().waits == [6]
    assert fifos.two_readers().waits == [1, 4, 6]
    assert fifos.unlinked()[6].result == "ENOENT"
    assert fifos.speed(rounds=1, size=1 << 16).ratio > 0
