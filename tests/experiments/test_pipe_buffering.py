"""What notebook 9 shows: results that print the same on every run and draw themselves."""

from __future__ import annotations

import dataclasses
import os
from typing import Any

import pytest

from ipclab import experiments
from ipclab.experiments import figures
from ipclab.experiments.measure import measure
from ipclab.experiments.pipe_buffering import PAGE_SIZE
from ipclab.experiments.pipe_filling import pipe_user_pages_soft
from ipclab.experiments.pipe_results import Staircase, Throughput

pytestmark = pytest.mark.slow

NAMES = ["by_chunk_size", "by_requested_size", "packet_mode", "readiness", "staircase"]


@pytest.fixture(scope="module", params=[*NAMES, "throughput"])
def result(request: pytest.FixtureRequest) -> Any:
    return getattr(experiments.pipe_buffering, request.param)()


def test_a_result_cannot_be_changed(result: Any) -> None:
    field = dataclasses.fields(result)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(result, field, None)


def test_a_result_draws_itself_and_says_in_words_what(result: Any) -> None:
    figure = result.plot()
    assert figure.alt.endswith(".")
    assert len(figure.alt) > 40
    assert figures.png(figure).startswith(b"\x89PNG")
    axes = figure.axes[0]
    assert axes.get_title(loc="left")
    assert axes.get_xlabel()
    assert axes.get_ylabel()


@pytest.mark.parametrize("name", NAMES)
def test_a_result_prints_the_same_on_every_run(name: str) -> None:
    experiment = getattr(experiments.pipe_buffering, name)
    assert repr(experiment()) == repr(experiment())


def test_the_prediction_is_right_for_every_chunk_size() -> None:
    chunks = experiments.pipe_buffering.by_chunk_size()
    assert chunks.accepted == chunks.predicted
    assert max(chunks.accepted.values()) == chunks.accepted[PAGE_SIZE] == chunks.capacity
    assert min(chunks.accepted.values()) > chunks.capacity / 2


def test_other_chunk_sizes_can_be_tried() -> None:
    chunks = experiments.pipe_buffering.by_chunk_size([10_000, 3])
    assert list(chunks.accepted) == [10_000, 3]
    assert "10,000" in repr(chunks)
    assert chunks.plot().alt
    assert "10,000" in chunks.plot_slots(10_000).alt


def test_root_is_asked_as_an_ordinary_process() -> None:
    sizes = experiments.pipe_buffering.by_requested_size()
    assert not sizes.privileged
    assert sizes.granted[sizes.pipe_max_size + 1] == "EPERM"


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's other pipes would suffer")
@pytest.mark.skipif(pipe_user_pages_soft() == 0, reason="this system sets no soft limit")
def test_a_user_with_many_pipes_gets_small_ones() -> None:
    crowd = experiments.pipe_buffering.by_pages_held()
    usual, *_, last = (capacity for _, capacity in crowd.points)
    assert last < usual
    assert crowd.points[-1][0] <= crowd.soft_limit
    assert str(crowd.soft_limit) in repr(crowd).replace(",", "")
    assert crowd.plot().alt


def test_the_writer_is_never_ahead_by_more_than_the_capacity() -> None:
    stairs = experiments.pipe_buffering.staircase(pages=2, pace=0.001)
    assert stairs.lead() <= stairs.capacity
    assert stairs.writes[-1][2] == stairs.reads[-1][2] == stairs.capacity + 2 * PAGE_SIZE


def test_the_lead_counts_a_read_from_its_beginning() -> None:
    stairs = Staircase(8, 4, 0.1, writes=((0, 1, 4), (1, 2, 8), (2, 5, 12)), reads=((4, 6, 4),))
    assert stairs.lead() == 8


def test_throughput_shows_median_and_spread() -> None:
    result = Throughput(3, 0.004, [(4096, 64, [1e6, 9e6, 2e6])])
    assert result.rows() == [(4096, 64, 2, 1, 9)]
    assert result.capacities() == [4096]


def fail() -> None:
    raise ValueError("no pipe today")


def test_a_measurement_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match=r"measurement fail .*ValueError: no pipe today"):
        measure(fail)
