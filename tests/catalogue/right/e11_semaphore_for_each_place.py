# right: two semaphores for each place, that it is filled and that it is free; a ticket says which place is next
import mmap
import struct
from contextlib import suppress
from hashlib import blake2b

import posix_ipc

WORD = struct.Struct("<Q")


class Place:
    """One place of the buffer: its memory, and its two semaphores."""

    def __init__(self, memory, start, free, filled):
        self.memory, self.start, self.free, self.filled = memory, start, free, filled

    def fill(self, item):
        self.free.acquire()
        self.memory[self.start : self.start + 8] = WORD.pack(len(item))
        self.memory[self.start + 8 : self.start + 8 + len(item)] = item
        self.filled.release()

    def is_end(self):
        return WORD.unpack_from(self.memory, self.start)[0] == 2**64 - 1

    def end(self):
        self.memory[self.start : self.start + 8] = WORD.pack(2**64 - 1)
        self.filled.release()

    def empty(self):
        length = WORD.unpack_from(self.memory, self.start)[0]
        return bytes(self.memory[self.start + 8 : self.start + 8 + length])


class RingBuffer:
    def __init__(self, name, flags):
        self.name = name
        shm = posix_ipc.SharedMemory(name)
        self.memory = mmap.mmap(shm.fd, shm.size)
        shm.close_fd()
        self.capacity, self.item_size = struct.unpack_from("<QQ", self.memory)
        self.turn = posix_ipc.Semaphore(self._label("turn"), flags, initial_value=1)
        self.places = [
            Place(
                self.memory,
                24 + number * (8 + self.item_size),
                posix_ipc.Semaphore(self._label(f"free{number}"), flags, initial_value=1),
                posix_ipc.Semaphore(self._label(f"filled{number}"), flags, initial_value=0),
            )
            for number in range(self.capacity + 1)
        ]
        self.put_so_far = 0

    def _label(self, part):
        return f"/{blake2b(self.name.encode(), digest_size=12).hexdigest()}-{part}"

    @classmethod
    def create(cls, name, capacity, item_size):
        with suppress(posix_ipc.ExistentialError):
            shm = posix_ipc.SharedMemory(name)
            old = WORD.unpack(__import__("os").pread(shm.fd, 8, 0))[0] if shm.size else 0
            shm.close_fd()
            cls._forget(name, old)
        cls._forget(name, capacity)
        shm = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, size=24 + (capacity + 1) * (8 + item_size))
        with mmap.mmap(shm.fd, 24) as header:
            struct.pack_into("<QQQ", header, 0, capacity, item_size, 0)
        shm.close_fd()
        return cls(name, posix_ipc.O_CREX)

    @classmethod
    def attach(cls, name):
        return cls(name, 0)

    @classmethod
    def _forget(cls, name, capacity):
        stem = f"/{blake2b(name.encode(), digest_size=12).hexdigest()}-"
        parts = [f"{kind}{number}" for number in range(capacity + 1) for kind in ("free", "filled")]
        for part in ["turn", *parts]:
            with suppress(posix_ipc.ExistentialError):
                posix_ipc.unlink_semaphore(stem + part)
        with suppress(posix_ipc.ExistentialError):
            posix_ipc.unlink_shared_memory(name)

    def put(self, item):
        if len(item) > self.item_size:
            raise ValueError(f"{len(item)} bytes are more than {self.item_size}")
        # One place more than items: it is for the end alone, so the one before the gap must be free, too.
        following = self.places[(self.put_so_far + 1) % len(self.places)]
        following.free.acquire()
        following.free.release()
        self.places[self.put_so_far % len(self.places)].fill(item)
        self.put_so_far += 1

    def finish(self):
        self.places[self.put_so_far % len(self.places)].end()

    def get(self):
        with self.turn:
            ticket = WORD.unpack_from(self.memory, 16)[0]
            place = self.places[ticket % len(self.places)]
            place.filled.acquire()
            if place.is_end():
                place.filled.release()
                return None
            self.memory[16:24] = WORD.pack(ticket + 1)
            item = place.empty()
            place.free.release()
            return item

    def close(self):
        self.memory.close()
        self.turn.close()
        for place in self.places:
            place.free.close()
            place.filled.close()

    def unlink(self):
        self._forget(self.name, self.capacity)
