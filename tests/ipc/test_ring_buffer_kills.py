"""Processes that use the tuned ring buffer are killed at any moment: the others go on, or are told."""

from __future__ import annotations

import os
import random
import selectors
import signal
import struct
import time
import zlib
from array import array
from dataclasses import dataclass, field
from itertools import chain

import pytest
from objects import fresh_name

from ipclab.ipc.pipes import Pipe, read_exactly, write_all
from ipclab.ipc.processes import reap, spawn
from ipclab.ipc.ring_buffer import PeerDied, RingBuffer

NOTICED = (
    1.5  # seconds after the kill: a quarter of a second of sleep, four times, and a busy machine
)
TOLD = 7  # exit status of a process that got PeerDied
PRODUCING = 0.15  # seconds
NUMBER, CHECKSUM = struct.Struct("<Q"), struct.Struct("<I")


def item(number: int, size: int) -> bytes:
    data = NUMBER.pack(number) + bytes([number % 256]) * (number % (size + 1))
    return data + CHECKSUM.pack(zlib.crc32(data))


def consume(name: str, batch: int, ready_fd: int, write_fd: int) -> None:
    """Write the number of every item that arrived whole; end with status TOLD after PeerDied."""
    ring = RingBuffer.attach(name)
    write_all(ready_fd, b"x")
    try:
        while True:
            items = ring.get_many(batch) if batch > 1 else [ring.get()]
            if items in ([], [None]):
                return
            for each in items:
                assert CHECKSUM.unpack(each[-4:])[0] == zlib.crc32(each[:-4]), "a torn item"
            write_all(write_fd, b"".join(each[: NUMBER.size] for each in items))
    except PeerDied:
        os._exit(TOLD)


def produce(name: str, batch: int, ready_fd: int, size: int) -> None:
    ring, number, end = RingBuffer.attach(name), 0, time.monotonic() + PRODUCING
    write_all(ready_fd, b"x")
    try:
        while time.monotonic() < end:
            items = [item(number + offset, size) for offset in range(batch)]
            ring.put_many(items) if batch > 1 else ring.put(items[0])
            number += batch
        ring.finish()
    except PeerDied:
        os._exit(TOLD)


@dataclass
class Round:
    """One producer, some consumers, and one of them is killed."""

    seed: int
    statuses: list[int] = field(default_factory=list)  # of those that were not killed
    numbers: list[tuple[int, ...]] = field(default_factory=list)  # what each consumer got
    seconds: float = 0.0  # from the kill until the last one had ended
    victim_produced: bool = False

    def play(self) -> None:
        choose = random.Random(self.seed)
        capacity, size = choose.choice([1, 2, 7, 300]), choose.choice([0, 8, 100, 5000])
        data: list[bytes] = []
        self.batch = choose.choice([1, 1, 20])
        with fresh_name("kill") as name, Pipe() as ready:
            ring = RingBuffer.create(name, capacity, size + NUMBER.size + CHECKSUM.size)
            ends = [os.pipe() for _ in range(choose.choice([1, 2, 3]))]
            ready_fd = ready.write_end.fd
            children = [spawn(produce, name, self.batch, ready_fd, size)]
            children += [spawn(consume, name, self.batch, ready_fd, end) for _, end in ends]
            for _, write_fd in ends:
                os.close(write_fd)
            victim = choose.randrange(len(children))
            try:
                read_exactly(ready.read_end.fd, len(children))
                ring.close()
                moment = choose.uniform(0, PRODUCING)
                data = self._kill_and_collect(children[victim], moment, [end for end, _ in ends])
            finally:
                for child in children:
                    if not data:
                        os.kill(child, signal.SIGKILL)
                statuses = [reap(child) for child in children]
                ring.unlink()
        self.victim_produced = victim == 0
        self.statuses = [status for number, status in enumerate(statuses) if number != victim]
        self.numbers = [struct.unpack(f"<{len(each) // 8}Q", each) for each in data]

    def _kill_and_collect(self, victim: int, moment: float, read_fds: list[int]) -> list[bytes]:
        data = dict.fromkeys(read_fds, b"")
        killed, start = None, time.monotonic()
        with selectors.DefaultSelector() as selector:
            for fd in read_fds:
                selector.register(fd, selectors.EVENT_READ)
            while selector.get_map():
                now = time.monotonic()
                if killed is None and now >= start + moment:
                    os.kill(victim, signal.SIGKILL)
                    killed = now
                assert killed is None or now < killed + 10, "somebody waits for ever"
                for key, _ in selector.select(0.002 if killed is None else 0.1):
                    part = os.read(key.fd, 1 << 20)
                    data[key.fd] += part
                    if not part:
                        selector.unregister(key.fd)
                        os.close(key.fd)
        if killed is None:
            os.kill(victim, signal.SIGKILL)
        self.seconds = time.monotonic() - (killed or time.monotonic())
        return list(data.values())


def play(seed: int) -> None:
    one = Round(seed)
    one.play()
    assert set(one.statuses) <= {0, TOLD}, f"seed {seed}: {one}"
    assert one.seconds < PRODUCING + NOTICED, f"seed {seed}: noticed after {one.seconds:.2f} s"
    got = list(chain.from_iterable(one.numbers))
    assert len(got) == len(set(got)), f"seed {seed}: an item came twice"
    assert all(list(each) == sorted(each) for each in one.numbers), f"seed {seed}: out of order"
    if not one.victim_produced and set(one.statuses) == {0}:
        # What the victim had taken and not reported yet is gone with it, and nothing else.
        missing = max(got, default=-1) + 1 - len(got)
        assert missing <= one.batch * 2, f"seed {seed}: {missing} items are lost"


@pytest.mark.parametrize("seed", range(8))
def test_a_process_is_killed_at_any_moment(seed: int) -> None:
    play(seed)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_500_processes_are_killed() -> None:
    for seed in range(1000, 1500):
        play(seed)


BATCH, SPAN = 100, struct.Struct("<QQ")


def log_spans(name: str, batches: int, write_fd: int) -> None:
    """Take batches, check each byte, write first number and count; be killed after `batches` of them."""
    ring = RingBuffer.attach(name)
    for _ in range(batches):
        items = ring.get_many(BATCH)
        if not items:
            return
        (first,) = NUMBER.unpack(items[0])
        assert b"".join(items) == array("Q", range(first, first + len(items))).tobytes()
        write_all(write_fd, SPAN.pack(first, len(items)))
    os.kill(os.getpid(), signal.SIGKILL)


def put_numbers(name: str, count: int) -> None:
    ring = RingBuffer.attach(name)
    for first in range(0, count, BATCH):
        ring.put_many(map(NUMBER.pack, range(first, first + BATCH)))
    ring.finish()


def collect_spans(name: str, consumers: int, seed: int) -> list[tuple[int, ...]]:
    """What all consumers took; each is replaced when it has been killed, until one finds the end."""
    choose, data, ended = random.Random(seed), b"", 0
    with Pipe() as pipe:
        write_fd = pipe.write_end.fd

        def start() -> int:
            return spawn(log_spans, name, choose.randrange(1, 3000), write_fd)

        running = {start() for _ in range(consumers)}
        with selectors.DefaultSelector() as selector:
            selector.register(pipe.read_end.fd, selectors.EVENT_READ)
            while running or selector.select(0):
                if selector.select(0.01):
                    data += os.read(pipe.read_end.fd, 1 << 20)
                for child in list(running):
                    pid, status = os.waitpid(child, os.WNOHANG)
                    if pid:
                        running.remove(child)
                        assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGKILL)
                        ended += status == 0
                        if status and not ended:
                            running.add(start())
    return list(SPAN.iter_unpack(data))


@pytest.mark.parametrize(
    "count",
    [100_000, pytest.param(10_000_000, marks=[pytest.mark.long, pytest.mark.timeout(900)])],
)
def test_no_item_is_lost_when_consumers_are_killed_between_items(count: int) -> None:
    with fresh_name("kill") as name, RingBuffer.create(name, 1000, NUMBER.size) as ring:
        producer = spawn(put_numbers, name, count)
        spans = sorted(collect_spans(name, 3, count))
        assert reap(producer) == 0
        ring.unlink()
    expected = 0
    for first, length in spans:
        assert first == expected, "lost" if first > expected else "doubled"
        expected += length
    assert expected == count
