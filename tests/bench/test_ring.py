"""The bench of the ring buffer: every way delivers, and what went wrong is no measurement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec

import pytest

from bench import ring, ring_peers
from bench.ring_peers import RawPipe, Way

LARGE = 64 * 1024


class LosesOne(RawPipe):
    def putting(self, items: Sequence[bytes]) -> ring_peers.Put:
        return super().putting(items[:-1])


class MixesTwo(RawPipe):
    def take(self) -> Iterator[bytes]:
        for item in super().take():
            yield item[:-1] + b"?"


class Dies(RawPipe):
    def take(self) -> Iterator[bytes]:
        raise SystemExit("this consumer gives up")


@pytest.mark.parametrize("size", [8, LARGE])
@pytest.mark.parametrize("peer", [ring.Peer("ours", ring_peers.Tuned, (2,), (2,)), *ring.PEERS])
def test_every_way_delivers(peer: ring.Peer, size: int) -> None:
    if peer.name == "faster-fifo" and not find_spec("faster_fifo"):
        pytest.skip("faster-fifo is installed by make bench")
    items = ring._items(size, 50)
    for batch, choices in ((1, peer.one_by_one), (10, peer.batched)):
        if choices:
            task = ring.Task(items, max(choices), batch)
            rate, taken = ring.measure(peer.way, task)
            assert rate > 0
            assert len(taken) == task.consumers
            assert sorted(number for each in taken for number in each) == sorted(task.numbers)


def test_a_lost_item_is_no_measurement() -> None:
    with pytest.raises(AssertionError, match="lost or were taken twice"):
        ring._row(ring.Peer("loses one", LosesOne, (1,), ()), ring.Task(ring._items(8, 9), 1, 1))


@pytest.mark.parametrize(("way", "size"), [(MixesTwo, 64), (MixesTwo, LARGE), (Dies, 64)])
def test_a_wrong_byte_or_a_death_is_no_measurement(way: type[Way], size: int) -> None:
    with pytest.raises(AssertionError, match="a process died"):
        ring.measure(way, ring.Task(ring._items(size, 9), 1, 1))


def test_names() -> None:
    items = ring._items(64, 3)
    assert ring.Task(items, 1, 1).name == "ring/64B/one"
    assert ring.Task(items, 4, 100).name == "ring/64B/batch100/4c"
