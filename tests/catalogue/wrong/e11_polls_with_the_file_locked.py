# diagnosis: waits-holding-lock
# put keeps the file locked while it waits for room.
import contextlib
import fcntl
import hashlib
import mmap
import os
import select
import struct

LAYOUT = struct.Struct("<QQQQQ")  # capacity, item size, head, tail, finished


class RingBuffer:
    def __init__(self, name):
        self.paths = self._paths(name)
        self.fd = os.open(self.paths[0], os.O_RDWR)
        self.memory = mmap.mmap(self.fd, 0)
        self.fifos = [os.open(path, os.O_RDWR | os.O_NONBLOCK) for path in self.paths[1:]]

    @staticmethod
    def _paths(name):
        stem = "/dev/shm/" + hashlib.sha1(name.encode()).hexdigest()
        return [stem, stem + "-not-full", stem + "-not-empty"]

    @classmethod
    def _remove(cls, name):
        for path in cls._paths(name):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

    @classmethod
    def create(cls, name, capacity, item_size):
        cls._remove(name)
        path, *fifos = cls._paths(name)
        with open(path, "xb") as file:
            file.write(LAYOUT.pack(capacity, item_size, 0, 0, 0))
            file.truncate(LAYOUT.size + capacity * (8 + item_size))
        for each in fifos:
            os.mkfifo(each, 0o600)
        made = cls(name)
        made.name = name
        return made

    @classmethod
    def attach(cls, name):
        made = cls(name)
        made.name = name
        return made

    def _sleep(self, fifo):
        poller = select.poll()
        poller.register(fifo, select.POLLIN)
        if poller.poll(50):
            with contextlib.suppress(BlockingIOError):
                os.read(fifo, 1)

    def _wake(self, fifo, times=1):
        with contextlib.suppress(BlockingIOError):
            os.write(fifo, b"!" * times)

    @contextlib.contextmanager
    def _state(self):
        fcntl.flock(self.fd, fcntl.LOCK_EX)
        try:
            yield list(LAYOUT.unpack_from(self.memory))
        finally:
            fcntl.flock(self.fd, fcntl.LOCK_UN)

    def put(self, item):
        with self._state() as (capacity, item_size, head, tail, _):
            if len(item) > item_size:
                raise ValueError("longer than item_size")
            while True:
                head = int.from_bytes(self.memory[16:24], "little")
                if tail - head < capacity:
                    at = LAYOUT.size + tail % capacity * (8 + item_size)
                    self.memory.seek(at)
                    self.memory.write(struct.pack("<Q", len(item)))
                    self.memory.write(item)
                    self.memory[24:32] = struct.pack("<Q", tail + 1)
                    break
                self._sleep(self.fifos[0])
        self._wake(self.fifos[1])

    def get(self):
        while True:
            with self._state() as (capacity, item_size, head, tail, finished):
                if head < tail:
                    self.memory.seek(LAYOUT.size + head % capacity * (8 + item_size))
                    (length,) = struct.unpack("<Q", self.memory.read(8))
                    item = self.memory.read(length)
                    self.memory[16:24] = struct.pack("<Q", head + 1)
                    break
                if finished:
                    self._wake(self.fifos[1])
                    return None
            self._sleep(self.fifos[1])
        self._wake(self.fifos[0])
        return item

    def finish(self):
        with self._state():
            self.memory[32:40] = struct.pack("<Q", 1)
        self._wake(self.fifos[1], 100)

    def close(self):
        self.memory.close()
        for fd in (self.fd, *self.fifos):
            os.close(fd)

    def unlink(self):
        self._remove(self.name)
