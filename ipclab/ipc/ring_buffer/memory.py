"""Where does each item of the ring buffer stand, when items have different lengths?

Numbers of 8 bytes, then the items' bytes, one after the other, without gaps:

    word 0      stamp, capacity, item_size, PID namespace   written once, the stamp last
    word 8      tail, finished, producer_waits              written by the producer
    word 16     head, holder, consumers_sleep               written by consumers
    word 24     members: who takes part                     see members.py
    word 152    ends: capacity + 1 words                    item i ends before byte ends[i % (capacity + 1)]
    behind      room: capacity * item_size bytes            byte b stands at b % room

`tail` counts the items that were put, `head` those that were taken, and bytes are counted in the same way, from
the first one on: nothing is ever set back. An item begins where the one before it ends. That one may have been
taken already, but not overwritten, as long as there is one more entry in `ends` than there are items.

To put items is to store their bytes and ends, which nobody looks at yet, and then one word, `tail`. To take
them is to copy them and store one word, `head`. A process may be killed between any two of these stores: the
others find all of it done or nothing.

What the producer writes and what consumers write stands 64 bytes apart, so that the processors do not pass one
cache line to and fro.
"""

import mmap
import os
import struct
import sys
from functools import lru_cache
from itertools import pairwise

import posix_ipc

from ipclab.ipc.names import checked

STAMP, CAPACITY, ITEM_SIZE, NAMESPACE = 0, 1, 2, 3
TAIL, FINISHED, PRODUCER_WAITS = 8, 9, 10
HEAD, HOLDER, CONSUMERS_SLEEP = 16, 17, 18
MEMBERS, MOST_MEMBERS = 24, 64
ENDS = MEMBERS + 2 * MOST_MEMBERS
WORD = 8  # bytes
_STAMP = int.from_bytes(b"ringbuf1", sys.byteorder)  # the layout's version is its last letter


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
        if size < ENDS * WORD:
            raise ValueError(f"{name} has {size} bytes: it is no ring buffer, or not ready yet")
        self.map = mmap.mmap(self.fd, size)
        self._view = memoryview(self.map)
        header = self._view[: ENDS * WORD].cast("Q")
        self.capacity, self.item_size = header[CAPACITY], header[ITEM_SIZE]
        stamp = header[STAMP]
        header.release()
        fits = 0 < self.capacity <= size and size == size_of(self.capacity, self.item_size)
        if stamp != _STAMP or not fits:
            self._view.release()
            self.map.close()
            raise ValueError(f"{name} is no ring buffer of this version, or not ready yet")
        self.slots = self.capacity + 1
        self.base = (ENDS + self.slots) * WORD
        self.room, self.limit = size - self.base, size
        self.words = self._view[: self.base].cast("Q")
        self.ends = self.words[ENDS:]

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

    def end_of(self, number: int) -> int:
        """Where item `number` ends, in bytes since the first one; item -1 ends where item 0 begins."""
        return self.ends[number % self.slots]

    def ends_of(self, number: int, count: int) -> list[int]:
        """The ends of `count` items, beginning with item `number`."""
        first = number % self.slots
        found = self.ends[first : first + count].tolist()
        return found + self.ends[: count - len(found)].tolist() if len(found) < count else found

    def store_ends(self, number: int, ends: "range | list[int]") -> None:
        """Note where items end, beginning with item `number`."""
        first = number % self.slots
        here = min(len(ends), self.slots - first)
        for index, part in ((first, ends[:here]), (0, ends[here:])):
            if part:
                _words(len(part)).pack_into(self.map, (ENDS + index) * WORD, *part)

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

    def load_each(self, ends: list[int]) -> list[bytes]:
        """Copies of items, given the end of the one before them and their own ends."""
        first, size = self.base + ends[0] % self.room, ends[-1] - ends[0]
        if first + size > self.limit:
            return [self.load(start, end) for start, end in pairwise(ends)]
        if length := common_length(ends):
            return list(_pieces(length, len(ends) - 1).unpack_from(self.map, first))
        memory, shift = self.map, first - ends[0]
        return [memory[start + shift : end + shift] for start, end in pairwise(ends)]

    def close(self) -> None:
        """Give the mapping and the descriptor back."""
        for view in (self.ends, self.words, self._view):
            view.release()
        self.map.close()
        os.close(self.fd)


def size_of(capacity: int, item_size: int) -> int:
    """Bytes of a whole buffer."""
    return (ENDS + capacity + 1) * WORD + max(1, capacity * item_size)


@lru_cache(maxsize=512)
def _words(count: int) -> struct.Struct:
    return struct.Struct(f"={count}Q")


@lru_cache(maxsize=512)
def _pieces(length: int, count: int) -> struct.Struct:
    return struct.Struct(f"{length}s" * count)


def split(data: bytes, ends: list[int]) -> list[bytes]:
    """The items in a copy of all their bytes; `ends` as for `load_each`."""
    if length := common_length(ends):
        return list(_pieces(length, len(ends) - 1).unpack(data))
    origin = ends[0]
    return [data[start - origin : end - origin] for start, end in pairwise(ends)]


def common_length(ends: list[int]) -> int:
    """The length of the items if they all have the same one, and 0 otherwise."""
    length = ends[1] - ends[0]
    return length if length and ends == list(range(ends[0], ends[-1] + 1, length)) else 0
