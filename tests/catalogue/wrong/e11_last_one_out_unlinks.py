# diagnosis: exception, wrong-result
# close counts the users and unlinks everything when the last one leaves: producer gone, all consumers gone, items still there, a later attach fails
import hashlib
import mmap
import struct
from types import SimpleNamespace

import posix_ipc

FORMAT = "<QQQQQ"  # capacity, item_size, head, tail, users


class RingBuffer:
    def __init__(self, name, shm, sems):
        self.name = name
        self.map = mmap.mmap(shm.fd, shm.size)
        shm.close_fd()
        self.sems = SimpleNamespace(**sems)

    @staticmethod
    def _sem_name(name, kind):
        return f"/{kind}-" + hashlib.new("sha256", name.encode()).hexdigest()

    @classmethod
    def create(cls, name, capacity, item_size):
        cls._remove(name)
        shm = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, size=struct.calcsize(FORMAT) + capacity * (item_size + 4))
        self = cls(name, shm, {
            kind: posix_ipc.Semaphore(cls._sem_name(name, kind), posix_ipc.O_CREX, initial_value=value)
            for kind, value in (("free", capacity), ("used", 0), ("lock", 1))
        })
        struct.pack_into(FORMAT, self.map, 0, capacity, item_size, 0, 0, 1)
        return self

    @classmethod
    def attach(cls, name):
        self = cls(name, posix_ipc.SharedMemory(name), {
            kind: posix_ipc.Semaphore(cls._sem_name(name, kind)) for kind in ("free", "used", "lock")
        })
        self._users(+1)
        return self

    def _users(self, change):
        with self.sems.lock:
            (users,) = struct.unpack_from("<Q", self.map, 32)
            struct.pack_into("<Q", self.map, 32, users + change)
        return users + change

    def put(self, item):
        capacity, item_size, _, tail, _ = struct.unpack_from(FORMAT, self.map)
        if len(item) > item_size:
            raise ValueError("too long for a slot")
        self.sems.free.acquire()
        slot = 40 + tail % capacity * (item_size + 4)
        self.map[slot : slot + len(item) + 4] = struct.pack("<I", len(item)) + item
        self.map[24:32] = struct.pack("<Q", tail + 1)
        self.sems.used.release()

    def finish(self):
        self.sems.used.release()

    def get(self):
        self.sems.used.acquire()
        self.sems.lock.acquire()
        try:
            capacity, item_size, head, tail, _ = struct.unpack_from(FORMAT, self.map)
            if head == tail:
                self.sems.used.release()
                return None
            slot = 40 + head % capacity * (item_size + 4)
            (length,) = struct.unpack_from("<I", self.map, slot)
            item = self.map[slot + 4 : slot + 4 + length]
            struct.pack_into("<Q", self.map, 16, head + 1)
        finally:
            self.sems.lock.release()
        self.sems.free.release()
        return item

    def close(self):
        left = self._users(-1)
        self.map.close()
        for semaphore in vars(self.sems).values():
            semaphore.close()
        if left == 0:
            self.unlink()

    @classmethod
    def _remove(cls, name):
        for unlink, what in (
            (posix_ipc.unlink_shared_memory, name),
            *((posix_ipc.unlink_semaphore, cls._sem_name(name, kind)) for kind in ("free", "used", "lock")),
        ):
            try:
                unlink(what)
            except posix_ipc.ExistentialError:
                pass

    def unlink(self):
        self._remove(self.name)
