"""Ways of passing messages from one process to others: our two ring buffers, and what else there is.

Each is opened once for a measurement, before its processes are forked. The producer gets ready with
`putting(items)`, a function that puts all of them, and each consumer with `take()`, an iterator over what it
gets. Loops run in C as far as they can (`iter(get, end)`), so that the calls are measured and not what is around
them. Nothing is pickled where a peer allows it.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import queue
import struct
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Protocol

from ipclab.ipc import names
from ipclab.ipc.ring_buffer import RingBuffer, taught

MIB = 1024 * 1024
MOST_SLOTS, MOST_BYTES = 1000, 16 * MIB  # what fits in, for all that can be told
STALL = 1.0  # seconds, after which faster-fifo is asked again: with several consumers it may miss a wake-up
END = b""  # no item is empty
LENGTH = struct.Struct("=I")

fork = multiprocessing.get_context("fork")


Put = Callable[[], None]


class Way(Protocol):
    """One way, opened for items of `size` bytes and this many consumers, in batches if batch > 1."""

    def __init__(self, size: int, consumers: int, batch: int) -> None: ...
    def putting(self, items: Sequence[bytes]) -> Put: ...
    def take(self) -> Iterator[bytes]: ...
    def close(self) -> None: ...


def slots(size: int) -> int:
    return max(8, min(MOST_SLOTS, MOST_BYTES // size))


def in_batches(items: Sequence[bytes], batch: int) -> list[Sequence[bytes]]:
    return [items[start : start + batch] for start in range(0, len(items), batch)]


class Tuned:
    """ipclab.ipc.ring_buffer.RingBuffer, attached anew in each process, as strangers would."""

    kind: Any = RingBuffer

    def __init__(self, size: int, consumers: int, batch: int) -> None:
        self.batch = batch
        self.ring = self.kind.create(names.object_name(names.new_run(), "bench"), slots(size), size)

    def putting(self, items: Sequence[bytes]) -> Put:
        ring = self.kind.attach(self.ring.name)
        if self.batch > 1:
            return partial(call, ring.put_many, in_batches(items, self.batch), ring.finish)
        return partial(call, ring.put, items, ring.finish)

    def take(self) -> Iterator[bytes]:
        ring = self.kind.attach(self.ring.name)
        if self.batch > 1:
            return itertools.chain.from_iterable(iter(partial(ring.get_many, self.batch), []))
        return iter(ring.get, None)

    def close(self) -> None:
        self.ring.close()
        self.ring.unlink()


class Taught(Tuned):
    """ipclab.ipc.ring_buffer.taught.RingBuffer: three semaphores; one at a time."""

    kind = taught.RingBuffer


class FasterFifo:
    """faster_fifo.Queue: raw bytes, its fastest way; put and get, or put_many and get_many."""

    def __init__(self, size: int, consumers: int, batch: int) -> None:
        from faster_fifo import Queue  # bench-only, so imported when it is needed

        self.batch = batch
        room = max(200_000, slots(size) * (size + 8))  # it is slow with less
        self.queue = Queue(max_size_bytes=room, loads=bytes, dumps=_same)

    def putting(self, items: Sequence[bytes]) -> Put:
        end = partial(self.queue.put, END)
        if self.batch > 1:
            put = partial(self.queue.put_many, timeout=60.0)
            return partial(call, put, in_batches(items, self.batch), end)
        return partial(call, partial(self.queue.put, timeout=60.0), items, end)

    def take(self) -> Iterator[bytes]:
        if self.batch > 1:
            return itertools.chain.from_iterable(iter(self._next_batch, []))
        return self._one_by_one()

    def _next_batch(self) -> list[bytes]:
        batch: list[bytes] = []
        while not batch:
            with contextlib.suppress(queue.Empty):
                batch = self.queue.get_many(timeout=STALL, max_messages_to_get=self.batch)
        if batch[-1] == END:
            self.queue.put(batch.pop())  # for the next consumer
        return batch

    def _one_by_one(self) -> Iterator[bytes]:
        while True:
            try:
                yield from iter(partial(self.queue.get, timeout=STALL), END)
                break
            except queue.Empty:
                continue
        self.queue.put(END)

    def close(self) -> None:
        self.queue.close()


class MultiprocessingQueue:
    """multiprocessing.Queue: pickles, and a thread that writes into a pipe. In batches: a list is an item."""

    def __init__(self, size: int, consumers: int, batch: int) -> None:
        self.consumers, self.batch = consumers, batch
        self.queue: Any = fork.Queue(max(1, slots(size) // batch))

    def putting(self, items: Sequence[bytes]) -> Put:
        messages = items if self.batch == 1 else in_batches(items, self.batch)
        return partial(call, self.queue.put, messages, self._end)

    def _end(self) -> None:
        call(self.queue.put, [None] * self.consumers)
        self.queue.close()
        self.queue.join_thread()  # or its last items would never leave this process

    def take(self) -> Iterator[bytes]:
        items = iter(self.queue.get, None)
        return items if self.batch == 1 else itertools.chain.from_iterable(items)

    def close(self) -> None:
        self.queue.close()


class SimpleQueue:
    """multiprocessing.SimpleQueue: pickles, a pipe, and a lock at each end."""

    def __init__(self, size: int, consumers: int, batch: int) -> None:
        self.consumers = consumers
        self.queue: Any = fork.SimpleQueue()

    def putting(self, items: Sequence[bytes]) -> Put:
        return partial(call, self.queue.put, [*items, *[None] * self.consumers])

    def take(self) -> Iterator[bytes]:
        return iter(self.queue.get, None)

    def close(self) -> None:
        self.queue.close()


class Connection:
    """multiprocessing.Pipe: send_bytes, recv_bytes. It has no lock, so only one consumer may read."""

    def __init__(self, size: int, consumers: int, batch: int) -> None:
        self.reader, self.writer = fork.Pipe(duplex=False)

    def putting(self, items: Sequence[bytes]) -> Put:
        return partial(call, self.writer.send_bytes, [*items, END])

    def take(self) -> Iterator[bytes]:
        return iter(self.reader.recv_bytes, END)

    def close(self) -> None:
        self.reader.close()
        self.writer.close()


class RawPipe:
    """os.pipe with a length before each item; a batch is joined and written at once. One consumer, as above."""

    def __init__(self, size: int, consumers: int, batch: int) -> None:
        self.batch = batch
        self.read_fd, self.write_fd = os.pipe()

    def putting(self, items: Sequence[bytes]) -> Put:
        return partial(
            call, self._write, in_batches(items, self.batch), partial(self._write, [END])
        )

    def _write(self, items: Sequence[bytes]) -> None:
        parts = [part for item in items for part in (LENGTH.pack(len(item)), item)]
        os.write(self.write_fd, b"".join(parts))  # this end blocks: all is written

    def take(self) -> Iterator[bytes]:
        with open(self.read_fd, "rb", buffering=64 * 1024, closefd=False) as stream:
            read = stream.read
            while length := LENGTH.unpack(read(LENGTH.size))[0]:
                yield read(length)

    def close(self) -> None:
        os.close(self.read_fd)
        os.close(self.write_fd)


@contextlib.contextmanager
def opened(way: type[Way], size: int, consumers: int, batch: int) -> Iterator[Way]:
    one = way(size, consumers, batch)
    try:
        yield one
    finally:
        one.close()


def call(
    function: Callable[[Any], object], arguments: Sequence[Any], end: Callable[[], object] = bool
) -> None:
    """Call it with each argument, then call the end."""
    for argument in arguments:
        function(argument)
    end()


def _same(item: bytes) -> bytes:
    return item
