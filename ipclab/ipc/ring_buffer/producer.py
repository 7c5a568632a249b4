"""The end of a ring buffer that puts items."""

from __future__ import annotations

from collections.abc import Iterable

from ipclab.ipc.fences import KEEPS_ORDER

from .end import SLEEP, SPINS, Deadline, End
from .members import CONSUMER, PRODUCER, Member, PeerDied
from .memory import (
    CONSUMERS_SLEEP,
    FINISHED,
    HEAD,
    PRODUCER_WAITS,
    TAIL,
    equal_lengths,
    table_of,
)

_NAP = 0.001  # seconds for which it hopes that half of the buffer becomes free
_PORTION, _PORTION_BYTES = 256, 512 * 1024  # items and bytes that become visible at once
_JOINED = 64 * 1024  # bytes; more are stored item by item, which saves a copy


class Producer(End):
    """There is one in all processes; its counters are therefore its own, and memory shows them to consumers."""

    _produces = False
    _tail = 0  # items that were put
    _end = 0  # bytes that were put

    def put(self, item: bytes, timeout: float | None = None) -> None:
        """Pass an item on; wait while the buffer is full.

        Raises ValueError when it is longer than item_size, TimeoutError after `timeout` seconds, PeerDied when the
        last consumer has died. Then the item was not put.
        """
        size = len(item)
        if size > self.item_size:
            raise ValueError(f"an item of {size} bytes; {self.item_size} are allowed")
        if not self._produces:
            self._produce()
        tail, memory, words = self._tail, self._memory, self._words
        if tail - words[HEAD] >= self.capacity:
            self._wait_for_room(Deadline(timeout))
        position = self._end
        start = position % memory.room
        if start + size <= memory.room:
            start += memory.base
            memory.map[start : start + size] = item
        else:
            memory.store(position, item)
        memory.lengths[tail % memory.slots] = size
        memory.starts[(tail + 1) % memory.slots] = self._end = position + size
        # As in _publish, which would cost a tenth of the time to call.
        if not KEEPS_ORDER:
            self._fence()
        self._tail = words[TAIL] = tail + 1
        self._fence.post()
        self._fence.wait()
        if words[CONSUMERS_SLEEP]:
            self._wake_consumer()

    def put_many(self, items: Iterable[bytes], timeout: float | None = None) -> None:
        """Pass items on, in portions as there is room.

        Raises as `put` does. A ValueError means that none was put; the others tell in a note how many were.
        """
        items = list(items)
        sizes = set(map(len, items))
        longest = max(sizes, default=0)
        if longest > self.item_size:
            raise ValueError(f"an item of {longest} bytes; {self.item_size} are allowed")
        common = sizes.pop() if len(sizes) == 1 else None
        if not self._produces:
            self._produce()
        most = min(_PORTION, max(1, _PORTION_BYTES // max(1, longest)))
        deadline, done = Deadline(timeout), 0
        while done < len(items):
            room = self.capacity - (self._tail - self._words[HEAD])
            if room:
                portion = slice(done, done + min(room, most))
                self._put_portion(items[portion], common)
                done = portion.stop
                continue
            try:
                self._wait_for_room(deadline)
            except OSError as error:
                error.add_note(f"{done} of {len(items)} items were put")
                raise

    def _put_portion(self, items: list[bytes], common: int | None) -> None:
        """Put items for which there is room; `common` is their length if it is the same for all."""
        memory, position, count = self._memory, self._end, len(items)
        if common is not None:
            table, size = equal_lengths(common, count), common * count
        else:
            lengths = list(map(len, items))
            table, size = table_of(lengths), sum(lengths)
        if size <= _JOINED:
            memory.store(position, b"".join(items))
        else:
            memory.store_each(position, items)
        tail = self._tail + count
        memory.store_lengths(self._tail, table)
        memory.starts[tail % memory.slots] = self._end = position + size
        self._publish(tail)

    def _publish(self, tail: int) -> None:
        """Now consumers may see all items before number `tail`."""
        if not KEEPS_ORDER:
            self._fence()
        self._tail = self._words[TAIL] = tail
        self._fence()
        if self._words[CONSUMERS_SLEEP]:
            self._wake_consumer()

    def finish(self) -> None:
        """The producer is done: consumers that find the buffer empty get None from now on."""
        if not self._produces:
            self._produce()
        self._words[FINISHED] = 1
        self._fence()
        self._wake_consumer()

    def _produce(self) -> None:
        self._place = self._members.join(PRODUCER)
        self._tail = self._words[TAIL]
        self._end = self._memory.starts[self._tail % self._memory.slots]
        self._produces = True

    def _wait_for_room(self, deadline: Deadline) -> None:
        """Return when there is room for an item.

        First it asks to be woken when half of the buffer is free, because to sleep and to wake costs
        more than an item; a moment later it is content with one.
        """
        words, full = self._words, self._tail - self.capacity
        for _ in range(SPINS):
            if words[HEAD] > full:
                return
        wanted, longest = full + max(1, self.capacity // 2), _NAP
        while True:
            words[PRODUCER_WAITS] = wanted
            self._fence()
            if words[HEAD] > full:
                words[PRODUCER_WAITS] = 0
                return
            if not deadline.sleep(self._room, longest) and longest == SLEEP:
                self._look_for_consumers()
            wanted, longest = full + 1, SLEEP

    def _look_for_consumers(self) -> None:
        living, dead = self._members.find(CONSUMER)
        if dead and not living:
            raise PeerDied(
                f"the buffer is full, and {_names(dead)} died: nobody is left to take an item"
            )
        everybody, victims = self._members.find()
        if victims and not everybody:
            raise PeerDied(f"the buffer is full, and {_names(victims)} died: nobody else uses it")


def _names(members: list[Member]) -> str:
    return ", ".join(f"process {each.pid}" for each in members)
