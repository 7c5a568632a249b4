"""Where does each item of the ring buffer stand, when items have different lengths?

Numbers of 8 bytes, then the items' bytes, one after the other, without gaps:

    word 0      stamp, capacity, item_size, PID namespace   written once, the stamp last
    word 8      tail, finished, producer_waits              written by the producer
    word 16     head, holder, consumers_sleep               written by consumers
    word 24     members: who takes part                     see members.py
    word 152    starts: capacity + 1 words                  item i begins at byte starts[i % (capacity + 1)]
    behind      lengths: capacity + 1 words                 and has lengths[i % (capacity + 1)] bytes
    behind      room: capacity * item_size bytes            byte b stands at b % room

`tail` counts the items that were put, `head` those that were taken, and bytes are counted in the same way, from
the first one on: nothing is ever set back.

To put items is to store their bytes, their lengths and where the next one will begin, which nobody looks at
yet, and then one word, `tail`. To take them is to copy them, to store where the next one begins, and then one
word, `head`. A process may be killed between any two of these stores: the others find all of it done or
nothing. Within a batch no starts are stored: whoever takes an item stores where the next one begins.

What the producer writes and what consumers write stands 64 bytes apart, so that the processors do not pass one
cache line to and fro.
"""

import mmap
import os
import struct
import sys
from functools import lru_cache
from itertools import accumulate, pairwise, takewhile

import posix_ipc

from ipclab.ipc.names import checked

STAMP, CAPACITY, ITEM_SIZE, NAMESPACE = 0, 1, 2, 3
TAIL, FINISHED, PRODUCER_WAITS = 8, 9, 10
HEAD, HOLDER, CONSUMERS_SLEEP = 16, 17, 18
MEMBERS, MOST_MEMBERS = 24, 64
STARTS = MEMBERS + 2 * MOST_MEMBERS
WORD = 8  # bytes
_STAMP = int.from_bytes(b"ringbuf2", sys.byteorder)  # the layout's version is its last letter


class RingMemory:
    """The mapped memory of one ring buffer: words, and items by their number."""

    def __init__(self, name: str) -> None:
        self.fd = posix_ipc.SharedMemory(checked(name)).fd
        try:
            self._check(name)
        except BaseException:
            os.close(self.fd)
            raise

    def _check(self, name: str) -> None:
        size = os.fstat(self.fd).st_size
        if size < STARTS * WORD:
            raise ValueError(f"{name} has {size} bytes: it is no ring buffer, or not ready yet")
        self.map = mmap.mmap(self.fd, size)
        self._view = memoryview(self.map)
        header = self._view[: STARTS * WORD].cast("Q")
        self.capacity, self.item_size = header[CAPACITY], header[ITEM_SIZE]
        stamp = header[STAMP]
        header.release()
        fits = 0 < self.capacity <= size and size == size_of(self.capacity, self.item_size)
        if stamp != _STAMP or not fits:
            self._view.release()
            self.map.close()
            raise ValueError(f"{name} is no ring buffer of this version, or not ready yet")
        self.slots = self.capacity + 1
        self.base = (STARTS + 2 * self.slots) * WORD
        self.room, self.limit = size - self.base, size
        self.words = self._view[: self.base].cast("Q")
        self.starts = self.words[STARTS : STARTS + self.slots]
        self.lengths = self.words[STARTS + self.slots :]

    @classmethod
    def create(cls, name: str, capacity: int, item_size: int, namespace: int) -> "RingMemory":
        """Make it, with mode 0600. Raises ValueError for impossible sizes, OSError when there is no room for it."""
        if capacity < 1 or item_size < 0:
            raise ValueError(
                f"{capacity} items of {item_size} bytes: at least 1 item, of 0 bytes or more"
            )
        memory = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, mode=0o600)
        try:
            os.posix_fallocate(memory.fd, 0, size_of(capacity, item_size))
            header = struct.pack("=QQQ", capacity, item_size, namespace)
            os.pwrite(memory.fd, header, CAPACITY * WORD)
            os.pwrite(memory.fd, struct.pack("=Q", _STAMP), STAMP * WORD)
        except BaseException:
            posix_ipc.unlink_shared_memory(name)
            raise
        finally:
            memory.close_fd()
        return cls(name)

    def store_lengths(self, number: int, table: bytes) -> None:
        """Note the lengths of items, one word each, beginning with item `number`."""
        first = (STARTS + self.slots) * WORD
        start = first + number % self.slots * WORD
        here = min(len(table), self.base - start)
        self.map[start : start + here] = table[:here]
        if here < len(table):
            self.map[first : first + len(table) - here] = table[here:]

    def lengths_of(self, number: int, count: int) -> bytes:
        """The lengths of `count` items, one word each, beginning with item `number`."""
        first, size = (STARTS + self.slots) * WORD, count * WORD
        start = first + number % self.slots * WORD
        table = self.map[start : min(start + size, self.base)]
        return table + self.map[first : first + size - len(table)] if len(table) < size else table

    def store(self, position: int, data: bytes) -> None:
        """Store bytes that begin `position` bytes after the first one."""
        start, size = position % self.room, len(data)
        here = min(size, self.room - start)
        self.map[self.base + start : self.base + start + here] = data[:here]
        if here < size:
            self.map[self.base : self.base + size - here] = data[here:]

    def store_each(self, position: int, items: "list[bytes]") -> None:
        """Store items one behind the other, without a copy of all of them."""
        memory, base, room = self.map, self.base, self.room
        for item in items:
            start, size = position % room, len(item)
            if start + size <= room:
                memory[base + start : base + start + size] = item
            else:
                self.store(position, item)
            position += size

    def load(self, start: int, end: int) -> bytes:
        """A copy of the bytes from `start` to `end`, counted from the first one."""
        first, size = self.base + start % self.room, end - start
        here = min(size, self.limit - first)
        data = self.map[first : first + here]
        return data + self.map[self.base : self.base + size - here] if here < size else data

    def load_each(self, start: int, lengths: "Lengths") -> list[bytes]:
        """Copies of the items that begin `start` bytes after the first one."""
        first = self.base + start % self.room
        if first + lengths.total > self.limit:
            return lengths.split(self.load(start, start + lengths.total))
        if lengths.common is not None:
            return list(_pieces(lengths.common, lengths.count).unpack_from(self.map, first))
        ends = accumulate(lengths.each, initial=first)
        return [self.map[begin:end] for begin, end in pairwise(ends)]

    def close(self) -> None:
        """Give the mapping and the descriptor back."""
        for view in (self.starts, self.lengths, self.words, self._view):
            view.release()
        self.map.close()
        os.close(self.fd)


class Lengths:
    """The lengths of some items, in bytes, given one word each; mostly they are all alike."""

    def __init__(self, table: bytes) -> None:
        self._table = table
        self.count = len(table) // WORD
        self.common: int | None = None
        self.each: tuple[int, ...] = ()
        if table == table[:WORD] * self.count:
            self.common = int.from_bytes(table[:WORD], sys.byteorder)
            self.total = self.common * self.count
        else:
            self.each = _words(self.count).unpack(table)
            self.total = sum(self.each)

    def within(self, most: int) -> "Lengths":
        """Those of the first items that have `most` bytes together; of one item at least."""
        if self.total <= most:
            return self
        ends = accumulate(self.each or [self.common or 0] * self.count)
        count = sum(1 for _ in takewhile(lambda end: end <= most, ends))
        return Lengths(self._table[: max(1, count) * WORD])

    def split(self, data: bytes) -> list[bytes]:
        """The items, out of a copy of all their bytes."""
        if self.common is not None:
            return list(_pieces(self.common, self.count).unpack(data))
        return [data[begin:end] for begin, end in pairwise(accumulate(self.each, initial=0))]


def table_of(lengths: list[int]) -> bytes:
    """Lengths, one word each."""
    return _words(len(lengths)).pack(*lengths)


@lru_cache(maxsize=512)
def equal_lengths(length: int, count: int) -> bytes:
    """A table of `count` times the same length."""
    return length.to_bytes(WORD, sys.byteorder) * count


def size_of(capacity: int, item_size: int) -> int:
    """Bytes of a whole buffer."""
    return (STARTS + 2 * (capacity + 1)) * WORD + max(1, capacity * item_size)


@lru_cache(maxsize=512)
def _words(count: int) -> struct.Struct:
    return struct.Struct(f"={count}Q")


@lru_cache(maxsize=512)
def _pieces(length: int, count: int) -> struct.Struct:
    return struct.Struct(f"{length}s" * count)
