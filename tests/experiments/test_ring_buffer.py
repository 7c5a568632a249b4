"""Notebook 11: every way passes on what it is given, and the scenes end as the prose says."""

from __future__ import annotations

import contextlib
import os

import pytest

from ipclab import experiments
from ipclab.experiments import ring_buffer_trials as trials
from ipclab.experiments import ring_buffer_ways as ways
from ipclab.experiments.measure import measure
from ipclab.ipc.pipes import Pipe, read_until_eof, write_all
from ipclab.ipc.processes import reap, spawn
from ipclab.ipc.ring_buffer import taught
from ipclab.sandbox import run

ring_buffer = experiments.ring_buffer


@pytest.mark.parametrize("name", ways.WAYS)
def test_every_way_passes_on_each_item_and_leaves_nothing(name: str) -> None:
    items = [os.urandom(ways.ITEM_SIZE) for _ in range(2 * ways.CAPACITY + 7)]

    def pass_on() -> list[bytes]:
        with ways.WAYS[name]() as (producer_end, consumer_end), Pipe() as taken:
            child = spawn(lambda: write_all(taken.write_end.fd, b"".join(consumer_end()())))
            producer_end()(items)
            taken.write_end.close()
            data = read_until_eof(taken.read_end.fd)
            assert reap(child) == 0
        return [data[at : at + ways.ITEM_SIZE] for at in range(0, len(data), ways.ITEM_SIZE)]

    result = run(pass_on)
    assert result.ok, str(result)
    assert result.value == items


def test_a_lost_item_has_no_rate() -> None:
    with pytest.raises(RuntimeError, match="lost, doubled or changed"):
        measure(rate_of_a_way_that_loses)


def rate_of_a_way_that_loses() -> float:
    with ways.WAYS[ways.SEMAPHORES]() as (producer_end, consumer_end):
        lossy = contextlib.nullcontext((producer_end, lambda: lambda: consumer_end()()[1:]))
        return trials._rate(lambda: lossy, trials.numbered(5))


def test_the_layout_is_the_memory_of_a_real_buffer() -> None:
    result = ring_buffer.layout((b"a", b"", b"eight by"), taken=1)
    assert (result.capacity, result.head, result.tail) == (4, 1, 3)
    assert result.slot(2) == (32 + 2 * 12, 8, b"eight by")
    assert result.slot(3)[1:] == (0, bytes(8))
    assert "slot 3" in repr(result)
    assert "head 1 and tail 3" in result.plot().alt


@pytest.mark.parametrize(("items", "taken"), [((b"x",) * 5, 0), ((b"x",), 2), ((b"nine byte",), 0)])
def test_what_does_not_fit_is_refused(items: tuple[bytes, ...], taken: int) -> None:
    with pytest.raises(ValueError, match=r"0 to 4 must be left|at most 8 bytes"):
        ring_buffer.layout(items, taken)


def test_waiting() -> None:
    result = ring_buffer.waiting(rounds=2, seconds=0.03)
    assert result.looks("semaphores") == [1, 1]
    assert sum(result.looks("looks all the time")) > 2
    assert result.used("looks all the time") > result.used("semaphores")
    assert "a look every ms" in repr(result)
    assert "every millisecond" in result.plot().alt


def test_fill_levels() -> None:
    result = ring_buffer.fill_levels(capacity=3, count=8)
    for name in result.levels:
        assert len(result.of(name)) == 16
        assert all(0 <= level <= 3 for level in result.of(name))
        assert result.of(name)[-1] == 0
    assert max(result.of("a fast producer")) == 3
    assert "buffer of 3" in result.plot().alt


def test_shares() -> None:
    result = ring_buffer.shares(consumers=4, items=50, rounds=2)
    assert [sum(each) for rounds in result.taken.values() for each in rounds] == [50] * 4
    assert "shares of 4 consumers" in result.plot().alt


def test_ladder() -> None:
    result = ring_buffer.ladder(rounds=2)
    assert list(result.rates) == list(ways.WAYS)
    assert result.best(ways.BATCHES) > result.best(ways.SEMAPHORES)
    assert "multiprocessing.Queue" in repr(result)
    assert ways.BATCHES in result.plot().alt


def test_a_learner_s_buffer_is_one_more_line() -> None:
    result = ring_buffer.ladder(rounds=1, yours=taught.RingBuffer)
    assert list(result.rates) == [*ways.WAYS, "yours"]
    assert result.best("yours") > 0


def test_the_spin_of_the_tuned_buffer_can_be_switched_off() -> None:
    def spins() -> list[int]:
        found = []
        for name in (ways.WORDS, ways.SPINNING):
            with ways.WAYS[name]():
                found += [ways.producer.SPINS, ways.consumer.SPINS]
        return found

    assert run(spins).value == [0, 0, ways.SPINS, ways.SPINS]


def test_concatenation() -> None:
    result = ring_buffer.concatenation(sizes=(8, 1 << 16), rounds=3)
    assert result.ratio(8) < 1 < result.ratio(1 << 16)
    assert "64 KiB" in repr(result)
    assert "the lines cross" in result.plot().alt


def test_deaths() -> None:
    seen = ring_buffer.deaths().seen
    assert seen["one consumer of two"].endswith("the remaining 55 of 60 items")
    assert seen["the last consumer"].startswith("put, after 9 items: PeerDied")
    assert seen["the producer"].startswith("get, after 5 items: PeerDied")


def test_killed_inside_get() -> None:
    taught = ring_buffer.killed_inside_get("taught")
    assert taught.stuck is not None and taught.stuck.diagnosis == "hang"
    tuned = ring_buffer.killed_inside_get("tuned")
    assert tuned.ok and tuned.value == [b"000", b"001", b"002"]
    with pytest.raises(ValueError, match="no buffer to be killed in"):
        ring_buffer.killed_inside_get("other")


def test_the_sliders_run_two_processes_at_each_move() -> None:
    box = ring_buffer.speeds()
    producer, consumer, capacity, image = box.children
    first = image.value
    capacity.value = 3
    assert image.value != first
    assert repr(box) == "sliders for both speeds and the capacity"
