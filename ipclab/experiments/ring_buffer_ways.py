"""How notebook 11's two processes pass on messages: with a lock and a look, with semaphores, with words, in batches.

A `Way` is opened before its processes are forked. Each of them then gets ready at its own end, which gives it
`put_all(items)` or `take_all()`, to be called once.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from itertools import chain
from typing import Any

from ipclab.ipc.pipes import Pipe, read_exactly, write_all
from ipclab.ipc.ring_buffer import RingBuffer, consumer, producer, taught
from ipclab.ipc.ring_buffer.end import SPINS
from ipclab.ipc.ring_buffer.taught import HEAD, LENGTH, TAIL

NAME = "/ipclab-ring"  # in the run's own /dev/shm
CAPACITY, ITEM_SIZE = 256, 64  # items, bytes
BATCH = 100
NAP = 0.001  # seconds between two looks
END = b"."

PutAll = Callable[[list[bytes]], object]
TakeAll = Callable[[], list[bytes]]
Ends = tuple[Callable[[], PutAll], Callable[[], TakeAll]]
Way = Callable[[], AbstractContextManager[Ends]]


class Counted(taught.RingBuffer):
    """The taught buffer, which also counts how often its `get` looks whether there is an item."""

    looks = 0

    @property
    def level(self) -> int:
        """How many items are in it. Exact for whoever just put or took one, as only the others may move on."""
        return super()._number(TAIL) - super()._number(HEAD)

    def _number(self, offset: int) -> int:
        self.looks += offset == TAIL
        return super()._number(offset)


class Polling(Counted):
    """The same slots and counters, but nobody is woken: who finds it full, or empty, looks again after `nap` s."""

    nap = NAP

    def put(self, item: bytes) -> None:
        while not self._put_if_there_is_room(item):
            time.sleep(self.nap)

    def _put_if_there_is_room(self, item: bytes) -> bool:
        with self._turn:
            tail = self._number(TAIL)
            if tail - self._number(HEAD) == self.capacity:
                return False
            start = self._slot(tail)
            self._map[start : start + LENGTH.size] = LENGTH.pack(len(item))
            self._map[start + LENGTH.size : start + LENGTH.size + len(item)] = item
            self._store(TAIL, tail + 1)
            return True

    def get(self) -> bytes | None:
        while True:
            with self._turn:
                head = self._number(HEAD)
                if head != self._number(TAIL):
                    start = self._slot(head)
                    (length,) = LENGTH.unpack_from(self._map, start)
                    item = self._map[start + LENGTH.size : start + LENGTH.size + length]
                    self._store(HEAD, head + 1)
                    return item
                if self._filled.value:  # `finish` has been called
                    return None
            self._rest()

    def _rest(self) -> None:
        time.sleep(self.nap)


class Busy(Polling):
    """Looks again at once."""

    nap = 0

    def _rest(self) -> None:
        pass


@contextlib.contextmanager
def buffer(kind: Any, batch: int = 1, spins: int | None = None) -> Iterator[Ends]:
    """A ring buffer; `spins`: how often the tuned one looks before it sleeps."""
    if spins is not None:
        for module in (producer, consumer):  # in this process and its children, which end soon
            vars(module)["SPINS"] = spins
    with contextlib.closing(kind.create(NAME, CAPACITY, ITEM_SIZE)) as ring:
        try:
            yield (
                lambda: partial(_put_all, kind.attach(NAME), batch),
                lambda: partial(_take_all, kind.attach(NAME), batch),
            )
        finally:
            ring.unlink()


def _put_all(ring: Any, batch: int, items: list[bytes]) -> None:
    if batch > 1:
        for start in range(0, len(items), batch):
            ring.put_many(items[start : start + batch])
    else:
        for item in items:
            ring.put(item)
    ring.finish()
    ring.close()


def _take_all(ring: Any, batch: int) -> list[bytes]:
    if batch == 1:
        return list(iter(ring.get, None))
    return list(chain.from_iterable(iter(partial(ring.get_many, batch), [])))


@contextlib.contextmanager
def queue() -> Iterator[Ends]:
    """multiprocessing.Queue: it pickles, and a thread of its own writes into a pipe."""
    between: Any = multiprocessing.get_context("fork").Queue(CAPACITY)

    def put_all(items: list[bytes]) -> None:
        for item in [*items, END]:
            between.put(item)
        between.close()
        between.join_thread()

    yield lambda: put_all, lambda: lambda: list(iter(between.get, END))
    between.close()


@contextlib.contextmanager
def pipe() -> Iterator[Ends]:
    """A pipe; all messages have the same length, so that none needs to be sent."""
    with Pipe() as ends:

        def put_all(items: list[bytes]) -> None:
            for item in items:
                write_all(ends.write_end.fd, item)
            write_all(ends.write_end.fd, END * ITEM_SIZE)

        get = partial(read_exactly, ends.read_end.fd, ITEM_SIZE)
        yield lambda: put_all, lambda: lambda: list(iter(get, END * ITEM_SIZE))


LOOKING, NAPPING = "lock, looks all the time", "lock, a look every ms"
SEMAPHORES, WORDS, SPINNING = "semaphores", "words decide", "and a short spin"
BATCHES = f"and batches of {BATCH}"
WAYS: dict[str, Way] = {
    LOOKING: partial(buffer, Busy),
    NAPPING: partial(buffer, Polling),
    SEMAPHORES: partial(buffer, taught.RingBuffer),
    WORDS: partial(buffer, RingBuffer, spins=0),
    SPINNING: partial(buffer, RingBuffer, spins=SPINS),
    BATCHES: partial(buffer, RingBuffer, batch=BATCH, spins=SPINS),
    "multiprocessing.Queue": queue,
    "a pipe": pipe,
}
