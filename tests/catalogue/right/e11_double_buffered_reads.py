# right: a consumer reserves a place under the lock, copies outside it, and gives it back in the order of reservation
# No place is given back before those in front of it: otherwise the producer would write where somebody still copies.
import hashlib
import mmap
import struct

import posix_ipc

HEAD = struct.Struct("<QQQQQ")  # capacity, item size, reserved, released, tail
SLOT = struct.Struct("<QQ")  # length, copied


class RingBuffer:
    LABELS = (("space", None), ("items", 0), ("reserve", 1), ("release", 1))

    def __init__(self, name, memory, semaphores):
        self.name, self.memory = name, memory
        self.space, self.items, self.reserving, self.releasing = semaphores
        self.capacity, self.item_size = struct.unpack_from("<QQ", memory)

    @staticmethod
    def label(name, word):
        return f"/{word}{hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()}"

    @classmethod
    def create(cls, name, capacity, item_size):
        cls.discard(name)
        size = HEAD.size + capacity * (SLOT.size + item_size)
        shm = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, size=size)
        memory = mmap.mmap(shm.fd, size)
        shm.close_fd()
        memory[: HEAD.size] = HEAD.pack(capacity, item_size, 0, 0, 0)
        made = [
            posix_ipc.Semaphore(
                cls.label(name, word), posix_ipc.O_CREX, initial_value=capacity if value is None else value
            )
            for word, value in cls.LABELS
        ]
        return cls(name, memory, made)

    @classmethod
    def attach(cls, name):
        shm = posix_ipc.SharedMemory(name)
        memory = mmap.mmap(shm.fd, shm.size)
        shm.close_fd()
        return cls(name, memory, [posix_ipc.Semaphore(cls.label(name, word)) for word, _ in cls.LABELS])

    @classmethod
    def discard(cls, name):
        try:
            posix_ipc.unlink_shared_memory(name)
        except posix_ipc.ExistentialError:
            pass
        for word, _ in cls.LABELS:
            try:
                posix_ipc.unlink_semaphore(cls.label(name, word))
            except posix_ipc.ExistentialError:
                pass

    def number(self, offset):
        return int.from_bytes(self.memory[offset : offset + 8], "little")

    def set(self, offset, value):
        self.memory[offset : offset + 8] = value.to_bytes(8, "little")

    def slot(self, number):
        return HEAD.size + number % self.capacity * (SLOT.size + self.item_size)

    def put(self, item):
        if len(item) > self.item_size:
            raise ValueError("longer than item_size")
        self.space.acquire()
        tail = self.number(32)
        at = self.slot(tail)
        self.set(at, len(item))
        self.set(at + 8, 0)
        self.memory[at + SLOT.size : at + SLOT.size + len(item)] = item
        self.set(32, tail + 1)
        self.items.release()

    def get(self):
        self.items.acquire()
        with self.reserving:
            mine = self.number(16)
            if mine == self.number(32):
                self.items.release()
                return None
            self.set(16, mine + 1)
        at = self.slot(mine)
        item = self.memory[at + SLOT.size : at + SLOT.size + self.number(at)]
        with self.releasing:
            self.set(at + 8, 1)
            first = self.number(24)
            while first < self.number(16) and self.number(self.slot(first) + 8):
                self.set(self.slot(first) + 8, 0)
                first += 1
                self.set(24, first)
                self.space.release()
        return item

    def finish(self):
        self.items.release()

    def close(self):
        for each in (self.space, self.items, self.reserving, self.releasing):
            each.close()
        self.memory.close()

    def unlink(self):
        self.discard(self.name)
