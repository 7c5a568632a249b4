# diagnosis: wrong-result, lost-item
# get waits one second at most, then says that it is over (None) although finish was never called
import hashlib
import mmap
import struct

import posix_ipc

PATIENCE = 1.0


def semaphores(name, *values):
    digest = hashlib.md5(name.encode()).hexdigest()
    for number in range(3):
        if values:
            yield posix_ipc.Semaphore(f"/{digest}{number}", posix_ipc.O_CREX, initial_value=values[number])
        else:
            yield posix_ipc.Semaphore(f"/{digest}{number}")


def unlink_all(name):
    digest = hashlib.md5(name.encode()).hexdigest()
    for unlink, what in [(posix_ipc.unlink_shared_memory, name)] + [
        (posix_ipc.unlink_semaphore, f"/{digest}{number}") for number in range(3)
    ]:
        try:
            unlink(what)
        except posix_ipc.ExistentialError:
            pass


class RingBuffer:
    @classmethod
    def create(cls, name, capacity, item_size):
        unlink_all(name)
        self = cls()
        self.name = name
        self.shm = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, size=24 + capacity * (item_size + 4))
        self.map = mmap.mmap(self.shm.fd, self.shm.size)
        self.empty, self.full, self.mutex = semaphores(name, capacity, 0, 1)
        struct.pack_into("<II", self.map, 0, capacity, item_size)
        return self

    @classmethod
    def attach(cls, name):
        self = cls()
        self.name = name
        self.shm = posix_ipc.SharedMemory(name)
        self.map = mmap.mmap(self.shm.fd, self.shm.size)
        self.empty, self.full, self.mutex = semaphores(name)
        return self

    def put(self, item):
        capacity, item_size, tail = struct.unpack_from("<IIQ", self.map)
        if len(item) > item_size:
            raise ValueError(item)
        self.empty.acquire()
        at = 24 + tail % capacity * (item_size + 4)
        self.map[at : at + 4] = struct.pack("<I", len(item))
        self.map[at + 4 : at + 4 + len(item)] = item
        self.map[8:16] = struct.pack("<Q", tail + 1)
        self.full.release()

    def finish(self):
        self.full.release()

    def get(self):
        try:
            self.full.acquire(PATIENCE)
        except posix_ipc.BusyError:
            return None  # nothing comes any more
        with self.mutex:
            capacity, item_size, tail, head = struct.unpack_from("<IIQQ", self.map)
            if head == tail:
                self.full.release()
                return None
            at = 24 + head % capacity * (item_size + 4)
            (length,) = struct.unpack_from("<I", self.map, at)
            item = self.map[at + 4 : at + 4 + length]
            struct.pack_into("<Q", self.map, 16, head + 1)
        self.empty.release()
        return item

    def close(self):
        self.map.close()
        self.shm.close_fd()
        for semaphore in (self.empty, self.full, self.mutex):
            semaphore.close()

    def unlink(self):
        unlink_all(self.name)
