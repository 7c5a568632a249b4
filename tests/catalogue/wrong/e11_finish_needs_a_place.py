# diagnosis: hang
# the end mark takes an ordinary place: finish waits while the buffer is full
import hashlib
import mmap
import struct

import posix_ipc

META = struct.Struct("<III")
END = 0xFFFF_FFFF


class RingBuffer:
    __slots__ = ("name", "map", "free", "full", "guard", "places", "item_size", "words")

    def __init__(self, name, flags=0, capacity=None):
        self.name = name
        tag = hashlib.sha224(name.encode()).hexdigest()

        def semaphore(letter, value):
            return posix_ipc.Semaphore(f"/{letter}{tag}", flags, initial_value=value)

        self.free = semaphore("e", capacity or 0)
        self.full = semaphore("f", 0)
        self.guard = semaphore("g", 1)

    @classmethod
    def create(cls, name, capacity, item_size):
        cls._sweep(name)
        self = cls(name, posix_ipc.O_CREX, capacity)
        shm = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, size=24 + capacity * (4 + item_size))
        self._map(shm)
        struct.pack_into("<II", self.map, 0, capacity, item_size)
        return self._ready()

    @classmethod
    def attach(cls, name):
        self = cls(name)
        self._map(posix_ipc.SharedMemory(name))
        return self._ready()

    def _map(self, shm):
        self.map = mmap.mmap(shm.fd, shm.size)
        shm.close_fd()

    def _ready(self):
        self.places, self.item_size = struct.unpack_from("<II", self.map)
        return self

    def _next(self, offset):
        """The number at `offset`, and where its place begins."""
        (number,) = struct.unpack_from("<Q", self.map, offset)
        return number, 24 + number % self.places * (4 + self.item_size)

    def _append(self, length, data):
        number, at = self._next(8)
        struct.pack_into("<I", self.map, at, length)
        self.map[at + 4 : at + 4 + len(data)] = data
        struct.pack_into("<Q", self.map, 8, number + 1)
        self.full.release()

    def put(self, item):
        if len(item) > self.item_size:
            raise ValueError(f"{len(item)} > {self.item_size}")
        self.free.acquire()
        self._append(len(item), item)

    def finish(self):
        self.free.acquire()
        self._append(END, b"")

    def get(self):
        self.full.acquire()
        with self.guard:
            number, at = self._next(16)
            (length,) = struct.unpack_from("<I", self.map, at)
            if length == END:
                self.full.release()
                return None
            item = self.map[at + 4 : at + 4 + length]
            struct.pack_into("<Q", self.map, 16, number + 1)
        self.free.release()
        return item

    def close(self):
        self.map.close()
        for semaphore in (self.free, self.full, self.guard):
            semaphore.close()

    @staticmethod
    def _sweep(name):
        tag = hashlib.sha224(name.encode()).hexdigest()
        missing = 0
        for unlink, what in (
            (posix_ipc.unlink_shared_memory, name),
            (posix_ipc.unlink_semaphore, f"/e{tag}"),
            (posix_ipc.unlink_semaphore, f"/f{tag}"),
            (posix_ipc.unlink_semaphore, f"/g{tag}"),
        ):
            try:
                unlink(what)
            except posix_ipc.ExistentialError:
                missing += 1
        return missing

    def unlink(self):
        self._sweep(self.name)
