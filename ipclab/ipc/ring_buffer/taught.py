"""How do two processes pass on one message after the other through memory that they share?

The memory holds a fixed number of slots. The producer fills them in order and begins again with the first
one; consumers empty them in the same order. Two counters say where: `tail` items were put, `head` items
were taken, and item number i stands in slot i % capacity.

    | head fields | length, item_size bytes | length, item_size bytes | ...   capacity slots
                    slot 0                    slot 1

Who may touch which slot is told by two semaphores that count, and who waits for one sleeps:

    free    slots that may be filled: capacity at first   put: take one, fill, then give `filled`
    filled  slots that may be emptied: 0 at first         get: take one, empty, then give `free`

The order is everything. An item is given to the consumers after its last byte is stored, and its slot to
the producer after the last byte is copied. A third semaphore, `turn`, is a lock: of several consumers one at
a time looks at `head`, copies and counts. It is taken last: who waited for an item with the lock in hand would
keep all others out. The producer is alone and needs none.

The end is one more count of `filled`, without an item. Whoever finds it gives it back for the next one, so that
every consumer learns of it, also one that comes later.

    ring = RingBuffer.create("/letters", capacity=8, item_size=100)     # elsewhere: RingBuffer.attach("/letters")
    ring.put(b"hello"); ring.finish()                                   # elsewhere: ring.get(), until it is None

What it does not do is notice a death in the middle. The package does, and is faster: see its buffer.py.

Read more: man 7 sem_overview, man 7 shm_overview.
"""

import contextlib
import hashlib
import mmap
import os
import struct

import posix_ipc

from ipclab.ipc.names import checked, object_name

HEADER = struct.Struct("<QQQQ")  # capacity, item_size, head, tail
HEAD, TAIL = 16, 24  # bytes from the start
NUMBER, LENGTH = struct.Struct("<Q"), struct.Struct("<I")


def semaphore_name(name: str, label: str) -> str:
    """The name of one of the buffer's semaphores: short, whatever the buffer is called."""
    digest = hashlib.blake2s(name.encode(), digest_size=3).hexdigest()
    return object_name(digest, label)


class RingBuffer:
    """One producer, many consumers, each item to exactly one of them. From `create` or `attach`."""

    def __init__(self, name: str) -> None:
        self.name = checked(name)
        memory = posix_ipc.SharedMemory(name)
        try:
            if os.fstat(memory.fd).st_size < HEADER.size:
                raise ValueError(f"{name} is no ring buffer, or not ready yet")
            self._map = mmap.mmap(memory.fd, 0)
        finally:
            memory.close_fd()
        self.capacity: int
        self.item_size: int
        self.capacity, self.item_size, *_ = HEADER.unpack_from(self._map)
        self._stride = LENGTH.size + self.item_size
        if not 0 < self.capacity * self._stride <= len(self._map) - HEADER.size:
            self._map.close()
            raise ValueError(f"{name} is no ring buffer, or not ready yet")
        self._free, self._filled, self._turn = (
            posix_ipc.Semaphore(semaphore_name(name, label)) for label in ("free", "fill", "turn")
        )

    @classmethod
    def create(cls, name: str, capacity: int, item_size: int) -> "RingBuffer":
        """Make a buffer of `capacity` items of at most `item_size` bytes. What a crash left there is replaced."""
        if capacity < 1 or item_size < 0:
            raise ValueError(
                f"{capacity} items of {item_size} bytes: at least one item, of 0 bytes or more"
            )
        _remove(checked(name))
        for label, value in (("free", capacity), ("fill", 0), ("turn", 1)):
            own_name = semaphore_name(name, label)
            posix_ipc.Semaphore(own_name, posix_ipc.O_CREX, 0o600, value).close()
        memory = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, mode=0o600)
        try:
            os.posix_fallocate(memory.fd, 0, HEADER.size + capacity * (LENGTH.size + item_size))
            os.pwrite(memory.fd, HEADER.pack(capacity, item_size, 0, 0), 0)
        finally:
            memory.close_fd()
        return cls(name)

    @classmethod
    def attach(cls, name: str) -> "RingBuffer":
        """Use a buffer that was made. Raises ValueError when it is something else, or not ready yet."""
        return cls(name)

    def put(self, item: bytes) -> None:
        """Pass an item on; wait while the buffer is full. Raises ValueError when it is longer than item_size."""
        if len(item) > self.item_size:
            raise ValueError(f"an item of {len(item)} bytes; {self.item_size} are allowed")
        self._free.acquire()
        tail = self._number(TAIL)
        start = self._slot(tail)
        self._map[start : start + LENGTH.size] = LENGTH.pack(len(item))
        self._map[start + LENGTH.size : start + LENGTH.size + len(item)] = item
        self._store(TAIL, tail + 1)
        self._filled.release()

    def get(self) -> bytes | None:
        """The next item, waiting for it if need be; None when the producer has finished and all are taken."""
        self._filled.acquire()
        with self._turn:
            head = self._number(HEAD)
            if head == self._number(TAIL):  # this count was the end, not an item
                self._filled.release()
                return None
            start = self._slot(head)
            (length,) = LENGTH.unpack_from(self._map, start)
            item = self._map[start + LENGTH.size : start + LENGTH.size + length]
            self._store(HEAD, head + 1)
        self._free.release()
        return item

    def finish(self) -> None:
        """The producer is done: consumers that find the buffer empty get None from now on."""
        self._filled.release()

    def close(self) -> None:
        """This process is done with the buffer."""
        self._map.close()
        for semaphore in (self._free, self._filled, self._turn):
            semaphore.close()

    def unlink(self) -> None:
        """Remove the names; who has the buffer open may go on."""
        _remove(self.name)

    def _slot(self, number: int) -> int:
        return HEADER.size + number % self.capacity * self._stride

    def _number(self, offset: int) -> int:
        return int(NUMBER.unpack_from(self._map, offset)[0])

    def _store(self, offset: int, number: int) -> None:
        self._map[offset : offset + NUMBER.size] = NUMBER.pack(number)


def _remove(name: str) -> None:
    for label in ("free", "fill", "turn"):
        with contextlib.suppress(posix_ipc.ExistentialError):
            posix_ipc.unlink_semaphore(semaphore_name(name, label))
    with contextlib.suppress(posix_ipc.ExistentialError):
        posix_ipc.unlink_shared_memory(name)
