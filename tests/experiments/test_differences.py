"""Notebook 1: each mechanism carries what it is given, and the trials see what the prose says."""

from __future__ import annotations

import os

import pytest

from ipclab import exercise, experiments
from ipclab.experiments import differences_trials as trials
from ipclab.experiments import message_trials as messages
from ipclab.experiments.differences import MECHANISMS, SPINNING
from ipclab.experiments.tables import quartiles
from ipclab.ipc.processes import reap, spawn
from ipclab.sandbox import run

EVERY = [*MECHANISMS, SPINNING]


def exchange(name: str, sizes: list[int]) -> list[bool]:
    """In the sandbox: a child sends every message back with its bytes turned round."""
    with messages.MECHANISMS[name]() as (there, back):
        child = spawn(turn_round, there, back, sizes)
        same = []
        for size in sizes:
            message = os.urandom(size)
            there.send(message)
            same.append(back.receive(size) == message[::-1])
        assert reap(child) == 0
        return same


def turn_round(there: messages.Channel, back: messages.Channel, sizes: list[int]) -> None:
    for size in sizes:
        back.send(there.receive(size)[::-1])


@pytest.mark.parametrize("name", EVERY)
def test_messages_arrive_as_they_were_sent_and_nothing_is_left(name: str) -> None:
    result = run(exchange, name, [1, 2, 4095, 4096, 4097, 65_537, 1, 1 << 20, 7] * 2)
    assert result.ok, str(result)
    assert result.value == [True] * 18


@pytest.mark.parametrize("name", EVERY)
def test_both_figures_are_measured(name: str) -> None:
    def measure() -> tuple[list[float], float]:
        pair = messages.MECHANISMS[name]
        return messages.latency(pair, 100, 0.002), messages.rate(pair, 100, 0.002)

    result = run(measure)
    assert result.ok, str(result)
    times, rate = result.value
    assert times and min(times) > 0 and rate > 0


def test_the_processes_are_where_they_were_told_to_be() -> None:
    before = os.sched_getaffinity(0)
    core = min(before)
    assert len(messages.on_cores(core, core, ["pipe"], 0.001, 1)[0][2]) >= 1
    assert os.sched_getaffinity(0) == before


@pytest.mark.parametrize(
    ("name", "pipe", "memory"),
    [
        ("joined by name alone", False, True),
        ("direction", False, True),
        ("unit", True, False),
        ("how much fits", True, False),
        ("needs synchronisation", False, True),
        ("exists while no process has it open", False, True),
    ],
)
def test_each_property_is_settled(name: str, pipe: bool, memory: bool) -> None:
    outcome = experiments.differences.settled().outcomes[name]
    assert (outcome.pipe, outcome.memory) == (pipe, memory)
    assert outcome.seen
    assert name in exercise(1).properties


def test_the_stranger_inherits_nothing() -> None:
    assert run(trials.joined_by_name).leaks == ()


@pytest.mark.slow
def test_the_results_print_and_draw_themselves() -> None:
    result = experiments.differences.messages(sizes=(1, 1 << 16), seconds=0.001)
    assert result.copy > 0
    assert all(result.shortest(name, 1) > 0 for name in MECHANISMS)
    assert "64 KiB" in repr(result)
    assert "Unix socket" in result.plot().alt
    places = experiments.differences.wake_ups(seconds=0.001)
    assert places.rows()[0][0] == "one core"
    assert "on one core" in places.plot().alt


@pytest.mark.parametrize("size", [0, (1 << 20) + 1])
def test_sizes_that_cannot_be_sent_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="between 1 and 1,048,576"):
        experiments.differences.messages(sizes=(size,))


def test_quartiles() -> None:
    assert quartiles([7.0]) == (7.0, 7.0, 7.0)
    assert quartiles([1.0, 2.0, 3.0, 4.0, 5.0]) == (2.0, 3.0, 4.0)
