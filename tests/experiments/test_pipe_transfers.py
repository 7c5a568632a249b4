"""A writer and a reader: what holds on every machine, idle or busy."""

from __future__ import annotations

import os
from itertools import pairwise

from ipclab.experiments import pipe_transfers
from ipclab.experiments.pipe_model import PAGE_SIZE
from ipclab.ipc.processes import spawn
from ipclab.sandbox import run

QUARTER = PAGE_SIZE // 4


def test_every_call_of_writer_and_slow_reader_is_in_the_log() -> None:
    outcome = run(pipe_transfers.slow_reader, QUARTER, 2 * PAGE_SIZE, 0.001)
    assert outcome.ok, outcome
    capacity, writes, reads = outcome.value
    total = capacity + 2 * PAGE_SIZE
    assert [written for _, _, written in writes] == list(range(QUARTER, total + 1, QUARTER))
    assert reads[-1][2] == total
    for calls in (writes, reads):
        assert all(began <= returned for began, returned, _ in calls)
        assert all(early[1] <= late[0] for early, late in pairwise(calls))


def test_every_combination_is_measured_once_a_round() -> None:
    outcome = run(pipe_transfers.transfer_rates, [PAGE_SIZE, 2 * PAGE_SIZE], [64, 4096], 3, 0.001)
    assert outcome.ok, outcome
    combinations = [(capacity, chunk_size) for capacity, chunk_size, _ in outcome.value]
    assert combinations == [
        (capacity, size) for capacity in (PAGE_SIZE, 2 * PAGE_SIZE) for size in (64, 4096)
    ]
    assert all(len(rates) == 3 and min(rates) > 0 for *_, rates in outcome.value)


def test_a_capacity_that_nobody_may_have_is_left_out() -> None:
    outcome = run(pipe_transfers.transfer_rates, [1 << 31, PAGE_SIZE], [4096], 1, 0.001)
    assert [capacity for capacity, *_ in outcome.value] == [PAGE_SIZE]


def wait_for_a_failing_writer() -> None:
    pipe_transfers.must_have_succeeded(spawn(os._exit, 3))


def test_a_writer_that_fails_is_no_result() -> None:
    outcome = run(wait_for_a_failing_writer)
    assert outcome.exception is not None
    assert outcome.exception.type == "ChildProcessError"
    assert outcome.exception.message.endswith("exit status 3")
