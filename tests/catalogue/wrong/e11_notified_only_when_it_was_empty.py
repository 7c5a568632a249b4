# diagnosis: lost-wakeup, hang
# put wakes a consumer only when the buffer was empty before: with two sleepers and two quick items the second sleeps beside its item
import contextlib
import hashlib
import mmap
import struct

import posix_ipc

WORD = struct.Struct("<Q")
CAPACITY, ITEM_SIZE, HEAD, COUNT, FINISHED, FULL_SLEEPERS, EMPTY_SLEEPERS = range(7)
HEADER = 7 * 8


class Condition:
    def __init__(self, ring, semaphore, sleepers):
        self.ring, self.semaphore, self.sleepers = ring, semaphore, sleepers

    def wait(self):
        """Called with the mutex; has it again afterwards."""
        self.ring[self.sleepers] += 1
        self.ring.mutex.release()
        self.semaphore.acquire()
        self.ring.mutex.acquire()

    def notify(self, everybody=False):
        while self.ring[self.sleepers]:
            self.ring[self.sleepers] -= 1
            self.semaphore.release()
            if not everybody:
                break


class RingBuffer:
    def __getitem__(self, field):
        return WORD.unpack_from(self.memory, field * 8)[0]

    def __setitem__(self, field, value):
        WORD.pack_into(self.memory, field * 8, value)

    @staticmethod
    def _names(name):
        digest = hashlib.md5(name.encode("utf-8")).hexdigest()
        return [f"/{digest}.{label}" for label in ("mutex", "full", "empty")]

    @classmethod
    def create(cls, name, capacity, item_size):
        cls._unlink_all(name)
        size = HEADER + capacity * (4 + item_size)
        shm = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, size=size)
        for semaphore_name, value in zip(cls._names(name), (1, 0, 0)):
            posix_ipc.Semaphore(semaphore_name, posix_ipc.O_CREX, initial_value=value).close()
        with mmap.mmap(shm.fd, size) as memory:
            WORD.pack_into(memory, 8 * CAPACITY, capacity)
            WORD.pack_into(memory, 8 * ITEM_SIZE, item_size)
        shm.close_fd()
        return cls.attach(name)

    @classmethod
    def attach(cls, name):
        self = cls()
        self.name = name
        shm = posix_ipc.SharedMemory(name)
        self.memory = mmap.mmap(shm.fd, shm.size)
        shm.close_fd()
        self.mutex, full, empty = self.semaphores = [posix_ipc.Semaphore(n) for n in cls._names(name)]
        self.not_full = Condition(self, full, FULL_SLEEPERS)
        self.not_empty = Condition(self, empty, EMPTY_SLEEPERS)
        return self

    def _place(self, number):
        return HEADER + number % self[CAPACITY] * (4 + self[ITEM_SIZE])

    def put(self, item):
        if len(item) > self[ITEM_SIZE]:
            raise ValueError("item too long")
        with self.mutex:
            while self[COUNT] == self[CAPACITY]:
                self.not_full.wait()
            at = self._place(self[HEAD] + self[COUNT])
            self.memory[at : at + 4 + len(item)] = len(item).to_bytes(4, "big") + item
            self[COUNT] += 1
            if self[COUNT] == 1:
                self.not_empty.notify()

    def finish(self):
        with self.mutex:
            self[FINISHED] = 1
            self.not_empty.notify(everybody=True)

    def get(self):
        with self.mutex:
            while self[COUNT] == 0:
                if self[FINISHED]:
                    return None
                self.not_empty.wait()
            at = self._place(self[HEAD])
            length = int.from_bytes(self.memory[at : at + 4], "big")
            item = self.memory[at + 4 : at + 4 + length]
            self[HEAD] += 1
            self[COUNT] -= 1
            self.not_full.notify()
            return item

    def close(self):
        self.memory.close()
        for semaphore in self.semaphores:
            semaphore.close()

    @classmethod
    def _unlink_all(cls, name):
        with contextlib.suppress(posix_ipc.ExistentialError):
            posix_ipc.unlink_shared_memory(name)
        for semaphore_name in cls._names(name):
            with contextlib.suppress(posix_ipc.ExistentialError):
                posix_ipc.unlink_semaphore(semaphore_name)

    def unlink(self):
        self._unlink_all(self.name)
