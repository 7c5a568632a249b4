# diagnosis: overwritten-item, torn-read
# the number is claimed under the lock, but the item is copied after it: a consumer that is faster with the NEXT slot posts `free`, and the producer takes that for the first slot
import hashlib
import mmap
import struct

import posix_ipc


class RingBuffer:
    HEADER = 32

    def __init__(self, name, **flags):
        self.name = name
        digest = hashlib.sha256(name.encode()).hexdigest()[:32]
        self.free, self.used, self.lock = (
            posix_ipc.Semaphore(f"/{digest}-{label}", **flags.get(label, {})) for label in ("free", "used", "lock")
        )
        shm = posix_ipc.SharedMemory(name, **flags.get("memory", {}))
        self.map = mmap.mmap(shm.fd, shm.size)
        shm.close_fd()

    @classmethod
    def create(cls, name, capacity, item_size):
        cls._unlink(name)
        new = {"flags": posix_ipc.O_CREX}
        self = cls(
            name,
            free=new | {"initial_value": capacity},
            used=new | {"initial_value": 0},
            lock=new | {"initial_value": 1},
            memory=new | {"size": cls.HEADER + capacity * (item_size + 4)},
        )
        struct.pack_into("<QQ", self.map, 0, capacity, item_size)
        return self

    @classmethod
    def attach(cls, name):
        return cls(name)

    def _slot(self, number):
        capacity, item_size = struct.unpack_from("<QQ", self.map)
        return self.HEADER + (number % capacity) * (item_size + 4)

    def put(self, item):
        if len(item) > struct.unpack_from("<Q", self.map, 8)[0]:
            raise ValueError("item too long")
        self.free.acquire()
        (tail,) = struct.unpack_from("<Q", self.map, 24)
        slot = self._slot(tail)
        struct.pack_into("<I", self.map, slot, len(item))
        self.map[slot + 4 : slot + 4 + len(item)] = item
        self.map[24:32] = struct.pack("<Q", tail + 1)
        self.used.release()

    def finish(self):
        self.used.release()

    def get(self):
        self.used.acquire()
        with self.lock:
            head, tail = struct.unpack_from("<QQ", self.map, 16)
            finished = head == tail
            if not finished:
                struct.pack_into("<Q", self.map, 16, head + 1)  # this one is mine now
        if finished:
            self.used.release()
            return None
        slot = self._slot(head)
        (length,) = struct.unpack_from("<I", self.map, slot)
        item = self.map[slot + 4 : slot + 4 + length]
        self.free.release()
        return item

    def close(self):
        self.map.close()
        for semaphore in (self.free, self.used, self.lock):
            semaphore.close()

    @staticmethod
    def _unlink(name):
        digest = hashlib.sha256(name.encode()).hexdigest()[:32]
        try:
            posix_ipc.unlink_shared_memory(name)
        except posix_ipc.ExistentialError:
            pass
        for label in ("free", "used", "lock"):
            try:
                posix_ipc.unlink_semaphore(f"/{digest}-{label}")
            except posix_ipc.ExistentialError:
                pass

    def unlink(self):
        self._unlink(self.name)
