# diagnosis: exception
# close closes the mapping while a memoryview of it exists: BufferError
import mmap
from hashlib import sha1

import posix_ipc

CAP, SIZE, TOP, FIRST, COUNT, WORDS = 0, 1, 2, 3, 4, 5


class RingBuffer:
    def __init__(self, name, handle, locks):
        self._name = name
        self._map = mmap.mmap(handle.fd, handle.size)
        handle.close_fd()
        self._bytes = memoryview(self._map)
        self._lock, self._room, self._ready = locks

    @classmethod
    def create(cls, name, capacity, item_size):
        for semaphore in sem_names(name):
            quietly(posix_ipc.unlink_semaphore, semaphore)
        quietly(posix_ipc.unlink_shared_memory, name)
        words = WORDS + 3 * capacity  # the stack, the queue, the lengths
        handle = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, size=8 * words + capacity * item_size + 8)
        locks = [posix_ipc.Semaphore(n, posix_ipc.O_CREX, initial_value=v) for n, v in zip(sem_names(name), (1, capacity, 0))]
        self = cls(name, handle, locks)
        with self._bytes[: 8 * words].cast("Q") as w:
            w[CAP], w[SIZE], w[TOP] = capacity, item_size, capacity
            for place in range(capacity):
                w[WORDS + place] = place
        return self

    @classmethod
    def attach(cls, name):
        return cls(name, posix_ipc.SharedMemory(name), [posix_ipc.Semaphore(n) for n in sem_names(name)])

    def _words(self):
        capacity = int.from_bytes(self._bytes[:8], "little")
        return self._bytes[: 8 * (WORDS + 3 * capacity)].cast("Q")

    def put(self, item):
        with self._words() as w:
            capacity, size = w[CAP], w[SIZE]
            if len(item) > size:
                raise ValueError("item too big")
            self._room.acquire()
            with self._lock:
                w[TOP] -= 1
                place = w[WORDS + w[TOP]]
            start = 8 * (WORDS + 3 * capacity) + place * size
            self._bytes[start : start + len(item)] = item
            w[WORDS + 2 * capacity + place] = len(item)
            with self._lock:
                w[WORDS + capacity + (w[FIRST] + w[COUNT]) % capacity] = place
                w[COUNT] += 1
        self._ready.release()

    def finish(self):
        self._ready.release()

    def get(self):
        self._ready.acquire()
        with self._words() as w:
            capacity, size = w[CAP], w[SIZE]
            with self._lock:
                empty = w[COUNT] == 0
                if not empty:
                    place = w[WORDS + capacity + w[FIRST]]
                    w[FIRST] = (w[FIRST] + 1) % capacity
                    w[COUNT] -= 1
            if empty:
                self._ready.release()
                return None
            start = 8 * (WORDS + 3 * capacity) + place * size
            item = bytes(self._bytes[start : start + w[WORDS + 2 * capacity + place]])
            with self._lock:
                w[WORDS + w[TOP]] = place
                w[TOP] += 1
        self._room.release()
        return item

    def close(self):
        self._map.close()
        self._lock.close()
        self._room.close()
        self._ready.close()

    def unlink(self):
        posix_ipc.unlink_shared_memory(self._name)
        for name in sem_names(self._name):
            posix_ipc.unlink_semaphore(name)


def sem_names(name):
    return ["/" + sha1(f"{label}:{name}".encode()).hexdigest() for label in ("lock", "room", "ready")]


def quietly(function, name):
    try:
        function(name)
    except posix_ipc.ExistentialError:
        pass
