"""Both ring buffers pass every item on once, in order and whole, and leave nothing behind."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import Any

import posix_ipc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from objects import fresh_name, running

from ipclab.ipc import ring_buffer
from ipclab.ipc.pipes import Pipe, read_until_eof, write_all
from ipclab.ipc.processes import reap, spawn
from ipclab.ipc.ring_buffer import PeerDied, taught
from ipclab.ipc.ring_buffer import buffer as tuned
from ipclab.ipc.ring_buffer.memory import RingMemory

Buffers = pytest.mark.parametrize(
    "buffer", [taught.RingBuffer, ring_buffer.RingBuffer], ids=["taught", "tuned"]
)
NO_TIME = 0.05  # seconds: for what cannot happen


@pytest.fixture
def name() -> Iterator[str]:
    with fresh_name("ring") as name:
        yield name
        taught._remove(name)
        tuned._remove(name)


def consume(buffer: Any, name: str, pipe: Pipe) -> None:
    """What a consumer got, joined by commas, goes into the pipe."""
    ring = buffer.attach(name)
    got = list(iter(ring.get, None))
    ring.close()
    pipe.read_end.close()
    write_all(pipe.write_end.fd, b",".join(got))


def start_consumer(buffer: Any, name: str) -> tuple[int, Pipe]:
    pipe = Pipe()
    child = spawn(consume, buffer, name, pipe)
    pipe.write_end.close()
    return child, pipe


def result_of(child: int, pipe: Pipe) -> list[int]:
    with pipe:
        text = read_until_eof(pipe.read_end.fd)
    assert reap(child) == 0
    return [int(number) for number in text.split(b",") if number]


@Buffers
@pytest.mark.parametrize("capacity", [1, 2, 7, 300])
def test_each_item_reaches_one_consumer_in_order(buffer: Any, capacity: int, name: str) -> None:
    ring = buffer.create(name, capacity, 10)
    consumers = [start_consumer(buffer, name) for _ in range(3)]
    for number in range(1000):
        ring.put(b"%d" % number)
    ring.finish()
    got = [result_of(*each) for each in consumers]
    assert all(numbers == sorted(numbers) for numbers in got)
    assert sorted(chain.from_iterable(got)) == list(range(1000))
    assert result_of(*start_consumer(buffer, name)) == [], "who comes late gets the end, too"
    ring.close()


@Buffers
def test_items_come_back_as_they_were(buffer: Any, name: str) -> None:
    items = [b"", b"\0", b"a\0", b"\0" * 70_000, b"x" * 69_999, bytes(range(256)), b""]
    ring = buffer.create(name, len(items), 70_000)
    for item in items:
        ring.put(item)
    assert [ring.get() for _ in items] == items
    ring.close()


@Buffers
def test_an_item_that_is_too_long_is_refused_and_harms_nothing(buffer: Any, name: str) -> None:
    ring = buffer.create(name, 1, 3)
    with pytest.raises(ValueError, match="4 bytes; 3 are allowed"):
        ring.put(b"four")
    ring.put(b"abc")
    assert ring.get() == b"abc"
    ring.close()


@Buffers
@pytest.mark.parametrize("sizes", [(0, 1), (-1, 1), (1, -1)])
def test_impossible_sizes_are_refused(buffer: Any, sizes: tuple[int, int], name: str) -> None:
    with pytest.raises(ValueError, match="at least"):
        buffer.create(name, *sizes)


@Buffers
def test_what_a_crash_left_is_replaced(buffer: Any, name: str) -> None:
    def crash() -> object:
        ring = buffer.create(name, 2, 10)
        ring.put(b"old")
        return ring

    with running(crash):
        pass
    ring = buffer.create(name, 3, 20)
    for item in (b"a" * 20, b"b", b"c"):
        ring.put(item)
    assert (ring.get(), ring.capacity) == (b"a" * 20, 3)
    ring.close()


@Buffers
def test_a_name_of_251_bytes_and_its_semaphores_are_removed(buffer: Any) -> None:
    before = set(os.listdir("/dev/shm"))
    long_name = "/ipclab-" + "n" * 244
    ring = buffer.create(long_name, 1, 1)
    assert {
        os.stat(f"/dev/shm/{file}").st_mode & 0o777 for file in set(os.listdir("/dev/shm")) - before
    } == {0o600}
    ring.unlink()
    ring.put(b"x")
    assert ring.get() == b"x", "who has it open goes on"
    ring.close()
    assert set(os.listdir("/dev/shm")) - before == set()


@Buffers
def test_closing_gives_every_descriptor_and_mapping_back(buffer: Any, name: str) -> None:
    def held() -> tuple[int, int]:
        with open("/proc/self/maps") as maps:
            return len(os.listdir("/proc/self/fd")), maps.read().count("/dev/shm/")

    buffer.create(name, 4, 4).close()
    before = held()
    ring = buffer.attach(name)
    ring.put(b"x")
    ring.get()
    ring.close()
    assert held() == before


@Buffers
def test_something_else_under_the_name_is_refused(buffer: Any, name: str) -> None:
    memory = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, mode=0o600, size=8192)
    os.pwrite(memory.fd, b"\xff" * 64, 0)
    memory.close_fd()
    with pytest.raises(ValueError, match="no ring buffer"):
        buffer.attach(name)


# --- The tuned one ------------------------------------------------------------------------------


@pytest.fixture
def ring(name: str) -> Iterator[ring_buffer.RingBuffer]:
    with ring_buffer.RingBuffer.create(name, 4, 100) as ring:
        yield ring


def test_time_limits(ring: ring_buffer.RingBuffer) -> None:
    with pytest.raises(TimeoutError):
        ring.get(timeout=NO_TIME)
    with pytest.raises(TimeoutError):
        ring.get_many(3, timeout=NO_TIME)
    with pytest.raises(TimeoutError) as caught:
        ring.put_many([b"a"] * 6, timeout=NO_TIME)
    assert caught.value.__notes__ == ["4 of 6 items were put"]
    with pytest.raises(TimeoutError):
        ring.put(b"b", timeout=NO_TIME)
    assert ring.get_many(10) == [b"a"] * 4


def test_iterating_ends_with_the_producer(ring: ring_buffer.RingBuffer) -> None:
    ring.put_many([b"a", b"", b"c"])
    ring.finish()
    assert list(ring) == [b"a", b"", b"c"]
    assert (ring.get(), ring.get_many(5)) == (None, [])


def test_put_many_checks_all_before_the_first(ring: ring_buffer.RingBuffer) -> None:
    with pytest.raises(ValueError, match="101 bytes"):
        ring.put_many([b"a", b"b" * 101])
    with pytest.raises(ValueError, match="1 or more"):
        ring.get_many(0)
    ring.put(b"c")
    assert ring.get_many(5) == [b"c"]


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_it_behaves_as_a_queue(data: st.DataObject) -> None:
    """Whatever the order of calls, the lengths and where the end of the memory cuts an item."""
    capacity, item_size = data.draw(st.integers(1, 5)), data.draw(st.integers(0, 9))
    items = st.binary(max_size=item_size)
    model: deque[bytes] = deque()
    with (
        fresh_name("ring") as name,
        ring_buffer.RingBuffer.create(name, capacity, item_size) as ring,
    ):
        ring.unlink()
        for _ in range(data.draw(st.integers(0, 20))):
            room = capacity - len(model)
            batch = data.draw(st.lists(items, max_size=room))
            if len(batch) == 1:
                ring.put(batch[0])
            else:
                ring.put_many(batch)
            model.extend(batch)
            for _ in range(data.draw(st.integers(0, len(model)))):
                if model and data.draw(st.booleans()):
                    assert ring.get() == model.popleft()
                elif model:
                    got = ring.get_many(data.draw(st.integers(1, capacity)))
                    assert got == [model.popleft() for _ in got]


def test_a_consumer_learns_that_the_producer_died(name: str) -> None:
    def produce() -> object:
        producer = ring_buffer.RingBuffer.attach(name)
        producer.put(b"last")
        return producer

    with ring_buffer.RingBuffer.create(name, 4, 10) as ring:
        with running(produce) as child:
            assert ring.get() == b"last"
        with pytest.raises(PeerDied, match=f"process {child}, which should put items"):
            ring.get()


def test_a_producer_learns_that_the_last_consumer_died(name: str) -> None:
    def take_one() -> object:
        consumer = ring_buffer.RingBuffer.attach(name)
        assert consumer.get() == b"a"
        return consumer

    with ring_buffer.RingBuffer.create(name, 1, 10) as ring:
        ring.put(b"a")
        with running(take_one) as child:
            ring.put(b"b")
        with pytest.raises(PeerDied, match=f"the buffer is full, and process {child} died"):
            ring.put(b"c")


def test_the_turn_of_a_dead_consumer_is_taken_over(name: str) -> None:
    """It died with the lock, before it counted: the item was not taken."""

    def die_with_the_turn() -> object:
        consumer = ring_buffer.RingBuffer.attach(name)
        consumer._consume()
        consumer._take_turn()
        return consumer

    with ring_buffer.RingBuffer.create(name, 2, 10) as ring:
        ring.put_many([b"a", b"b"])
        with running(die_with_the_turn):
            pass
        assert [ring.get(), ring.get()] == [b"a", b"b"]


def test_a_child_of_a_user_is_a_member_of_its_own(name: str) -> None:
    with ring_buffer.RingBuffer.create(name, 4, 10) as ring:

        def produce() -> None:
            ring.put_many([b"a", b"b"])
            ring.finish()

        assert reap(spawn(produce)) == 0
        assert list(ring) == [b"a", b"b"]


def test_an_idle_consumer_sleeps_and_finish_wakes_all(name: str) -> None:
    with ring_buffer.RingBuffer.create(name, 4, 10) as ring:
        consumers = [start_consumer(ring_buffer.RingBuffer, name) for _ in range(3)]
        ring.put(b"1")
        ring.finish()
        assert list(chain.from_iterable(result_of(*each) for each in consumers)) == [1]


def test_threads_of_one_process_may_share_a_handle(ring: ring_buffer.RingBuffer) -> None:
    got: list[bytes] = []
    threads = [threading.Thread(target=lambda: got.extend(ring)) for _ in range(2)]
    for thread in threads:
        thread.start()
    ring.put_many(b"%d" % number for number in range(500))
    ring.finish()
    for thread in threads:
        thread.join(10)
    assert sorted(map(int, got)) == list(range(500))


def test_a_memory_of_another_size_than_its_header_says_is_refused(name: str) -> None:
    ring_buffer.RingBuffer.create(name, 4, 10).close()
    os.truncate(f"/dev/shm{name}", os.stat(f"/dev/shm{name}").st_size - 8)
    with pytest.raises(ValueError, match="no ring buffer of this version"):
        RingMemory(name)
