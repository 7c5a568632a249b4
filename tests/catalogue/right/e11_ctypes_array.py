# right: the whole buffer is one ctypes structure with an array of places, made for each shape
import ctypes
import hashlib
import mmap
import os

import posix_ipc


class Head(ctypes.Structure):
    _fields_ = [("capacity", ctypes.c_uint64), ("item_size", ctypes.c_uint64)]


def layout(capacity, item_size):
    class Place(ctypes.Structure):
        _fields_ = [("length", ctypes.c_uint64), ("data", ctypes.c_uint8 * max(1, item_size))]

    class Ring(ctypes.Structure):
        _fields_ = [
            ("head", Head),
            ("taken", ctypes.c_uint64),
            ("put", ctypes.c_uint64),
            ("over", ctypes.c_uint64),
            ("places", Place * capacity),
        ]

    return Ring


class RingBuffer:
    def __init__(self):
        raise TypeError("use create or attach")

    @classmethod
    def _open(cls, name, shm, create):
        self = object.__new__(cls)
        self.name = name
        self.mapping = mmap.mmap(shm.fd, 0)
        shm.close_fd()
        head = Head.from_buffer_copy(self.mapping)
        self.capacity, self.item_size = head.capacity, head.item_size
        self.ring = layout(self.capacity, self.item_size).from_buffer(self.mapping)
        flags = posix_ipc.O_CREX if create else 0
        self.free = posix_ipc.Semaphore(cls._of(name, "f"), flags, initial_value=self.capacity)
        self.full = posix_ipc.Semaphore(cls._of(name, "u"), flags, initial_value=0)
        self.lock = posix_ipc.Semaphore(cls._of(name, "l"), flags, initial_value=1)
        return self

    @staticmethod
    def _of(name, letter):
        return "/" + letter + hashlib.sha224(os.fsencode(name)).hexdigest()

    @classmethod
    def _clear(cls, name):
        for letter in "ful":
            try:
                posix_ipc.unlink_semaphore(cls._of(name, letter))
            except posix_ipc.ExistentialError:
                pass
        try:
            posix_ipc.unlink_shared_memory(name)
        except posix_ipc.ExistentialError:
            pass

    @classmethod
    def create(cls, name, capacity, item_size):
        cls._clear(name)
        size = ctypes.sizeof(layout(capacity, item_size))
        shm = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, size=size)
        os.pwrite(shm.fd, bytes(Head(capacity, item_size)), 0)
        return cls._open(name, shm, create=True)

    @classmethod
    def attach(cls, name):
        return cls._open(name, posix_ipc.SharedMemory(name), create=False)

    def put(self, item):
        if len(item) > self.item_size:
            raise ValueError(f"at most {self.item_size} bytes")
        self.free.acquire()
        place = self.ring.places[self.ring.put % self.capacity]
        ctypes.memmove(place.data, bytes(item), len(item))
        place.length = len(item)
        self.ring.put += 1
        self.full.release()

    def get(self):
        self.full.acquire()
        with self.lock:
            if self.ring.taken == self.ring.put:
                self.full.release()
                return None
            place = self.ring.places[self.ring.taken % self.capacity]
            item = ctypes.string_at(place.data, place.length)
            self.ring.taken += 1
        self.free.release()
        return item

    def finish(self):
        self.ring.over = 1
        self.full.release()

    def close(self):
        del self.ring
        self.mapping.close()
        for each in (self.free, self.full, self.lock):
            each.close()

    def unlink(self):
        self._clear(self.name)
