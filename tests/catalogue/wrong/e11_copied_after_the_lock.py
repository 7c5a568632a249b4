# diagnosis: overwritten-item
# get counts the item under the lock of the file, and copies it after it.
import fcntl
import os
import struct
import time
from multiprocessing import resource_tracker, shared_memory

HEAD = struct.Struct("=IIQQ?")


def quietly(name, **options):
    if "track" in shared_memory.SharedMemory.__init__.__code__.co_varnames:
        return shared_memory.SharedMemory(name, track=False, **options)
    register = resource_tracker.register
    resource_tracker.register = lambda *_: None
    try:
        return shared_memory.SharedMemory(name, **options)
    finally:
        resource_tracker.register = register


class Locked:
    def __init__(self, name):
        self.fd = os.open("/dev/shm" + name, os.O_RDWR | os.O_CLOEXEC)

    def __enter__(self):
        fcntl.flock(self.fd, fcntl.LOCK_EX)

    def __exit__(self, *_):
        fcntl.flock(self.fd, fcntl.LOCK_UN)


class RingBuffer:
    def __init__(self, name, shm):
        self.name, self.shm = name, shm
        self.locked = Locked(name)

    @classmethod
    def create(cls, name, capacity, item_size):
        try:
            os.unlink("/dev/shm" + name)
        except FileNotFoundError:
            pass
        size = HEAD.size + capacity * (4 + item_size)
        shm = quietly(name, create=True, size=size)
        HEAD.pack_into(shm.buf, 0, capacity, item_size, 0, 0, False)
        return cls(name, shm)

    @classmethod
    def attach(cls, name):
        return cls(name, quietly(name))

    def _attempt(self, step):
        pause = 0.0005
        while True:
            with self.locked:
                done, value = step(*HEAD.unpack_from(self.shm.buf))
            if done:
                return value
            time.sleep(pause)
            pause = min(2 * pause, 0.02)

    def put(self, item):
        def step(capacity, item_size, head, tail, finished):
            if len(item) > item_size:
                raise ValueError(f"{len(item)} bytes, at most {item_size} are possible")
            if tail - head == capacity:
                return False, None
            start = HEAD.size + tail % capacity * (4 + item_size)
            struct.pack_into(f"=I{len(item)}s", self.shm.buf, start, len(item), item)
            HEAD.pack_into(self.shm.buf, 0, capacity, item_size, head, tail + 1, finished)
            return True, None

        self._attempt(step)

    def get(self):
        def step(capacity, item_size, head, tail, finished):
            if head == tail:
                return finished, None
            start = HEAD.size + head % capacity * (4 + item_size)
            HEAD.pack_into(self.shm.buf, 0, capacity, item_size, head + 1, tail, finished)
            return True, start

        start = self._attempt(step)
        if start is None:
            return None
        (length,) = struct.unpack_from("=I", self.shm.buf, start)
        return bytes(self.shm.buf[start + 4 : start + 4 + length])

    def finish(self):
        with self.locked:
            capacity, item_size, head, tail, _ = HEAD.unpack_from(self.shm.buf)
            HEAD.pack_into(self.shm.buf, 0, capacity, item_size, head, tail, True)

    def close(self):
        os.close(self.locked.fd)
        self.shm.close()

    def unlink(self):
        os.unlink("/dev/shm" + self.name)
