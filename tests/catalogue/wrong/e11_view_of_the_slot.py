# diagnosis: overwritten-item, torn-read
# get moves on under the lock, and copies after it, from a view of the place.
import mmap
import time
from contextlib import contextmanager

import posix_ipc

FIELDS = 5  # capacity, item size, put so far, taken so far, finished
PAUSE = 0.002


class RingBuffer:
    def __init__(self, name, shm, lock):
        self.name = name
        self.map = mmap.mmap(shm.fd, 0)
        shm.close_fd()
        self.lock = lock
        self.view = memoryview(self.map)
        self.words = self.view[: 8 * FIELDS].cast("Q")

    @staticmethod
    def _lock_name(name):
        # Semaphores have a name space of their own.
        return name

    @classmethod
    def create(cls, name, capacity, item_size):
        cls._remove(name)
        slot = 8 + (item_size + 7) // 8 * 8
        shm = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, size=8 * FIELDS + capacity * slot)
        lock = posix_ipc.Semaphore(cls._lock_name(name), posix_ipc.O_CREX, initial_value=1)
        made = cls(name, shm, lock)
        made.words[0] = capacity
        made.words[1] = item_size
        return made

    @classmethod
    def attach(cls, name):
        return cls(name, posix_ipc.SharedMemory(name), posix_ipc.Semaphore(cls._lock_name(name)))

    @classmethod
    def _remove(cls, name):
        for unlink, each in (
            (posix_ipc.unlink_shared_memory, name),
            (posix_ipc.unlink_semaphore, cls._lock_name(name)),
        ):
            try:
                unlink(each)
            except posix_ipc.ExistentialError:
                pass

    def _slot(self, number):
        room = (self.words[1] + 7) // 8 * 8
        start = 8 * FIELDS + number % self.words[0] * (8 + room)
        return self.view[start : start + 8 + room]

    @contextmanager
    def _when(self, condition):
        while True:
            self.lock.acquire()
            try:
                if condition():
                    yield
                    return
            finally:
                self.lock.release()
            time.sleep(PAUSE)

    def put(self, item):
        if len(item) > self.words[1]:
            raise ValueError("too long")
        with self._when(lambda: self.words[2] - self.words[3] < self.words[0]):
            slot = self._slot(self.words[2])
            slot[:8] = len(item).to_bytes(8, "little")
            slot[8 : 8 + len(item)] = item
            self.words[2] += 1

    def finish(self):
        with self.lock:
            self.words[4] = 1

    def get(self):
        with self._when(lambda: self.words[2] != self.words[3] or self.words[4]):
            if self.words[2] == self.words[3]:
                return None
            slot = self._slot(self.words[3])
            length = int.from_bytes(slot[:8], "little")
            item = slot[8 : 8 + length]
            self.words[3] += 1
        return bytes(item)

    def close(self):
        self.words.release()
        self.view.release()
        self.map.close()
        self.lock.close()

    def unlink(self):
        self._remove(self.name)
