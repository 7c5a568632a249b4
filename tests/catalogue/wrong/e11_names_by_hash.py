# diagnosis: exception
# The names of the semaphores come from hash(name), which is another number in each interpreter.
import mmap
import struct

import posix_ipc

HEADER = struct.Struct("<QQQQQ")  # capacity, item size, head, tail, finished
LENGTH = WORD = struct.Struct("<Q")


def derived(name, part):
    return "/rb-" + f"{hash(name):x}" + "-" + part


class RingBuffer:
    def __init__(self, name, memory, places, items, lock):
        self.name, self.memory = name, memory
        self.places, self.items, self.lock = places, items, lock
        self.capacity, self.item_size = HEADER.unpack_from(memory)[:2]

    @classmethod
    def create(cls, name, capacity, item_size):
        for part in ("places", "items", "lock"):
            try:
                posix_ipc.unlink_semaphore(derived(name, part))
            except posix_ipc.ExistentialError:
                pass
        try:
            posix_ipc.unlink_shared_memory(name)
        except posix_ipc.ExistentialError:
            pass
        size = HEADER.size + capacity * (LENGTH.size + item_size)
        shared = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, size=size)
        memory = mmap.mmap(shared.fd, size)
        shared.close_fd()
        HEADER.pack_into(memory, 0, capacity, item_size, 0, 0, 0)
        places, items, lock = (
            posix_ipc.Semaphore(derived(name, part), posix_ipc.O_CREX, initial_value=value)
            for part, value in (("places", capacity), ("items", 0), ("lock", 1))
        )
        return cls(name, memory, places, items, lock)

    @classmethod
    def attach(cls, name):
        shared = posix_ipc.SharedMemory(name)
        memory = mmap.mmap(shared.fd, shared.size)
        shared.close_fd()
        return cls(name, memory, *(posix_ipc.Semaphore(derived(name, part)) for part in ("places", "items", "lock")))

    def _offset(self, number):
        return HEADER.size + number % self.capacity * (LENGTH.size + self.item_size)

    def put(self, item):
        if len(item) > self.item_size:
            raise ValueError(f"an item has at most {self.item_size} bytes, this one {len(item)}")
        self.places.acquire()
        (tail,) = struct.unpack_from("<Q", self.memory, 24)
        offset = self._offset(tail)
        LENGTH.pack_into(self.memory, offset, len(item))
        self.memory[offset + LENGTH.size : offset + LENGTH.size + len(item)] = item
        self.memory[24:32] = WORD.pack(tail + 1)  # pack_into would clear it first, and others may look
        self.items.release()

    def finish(self):
        struct.pack_into("<Q", self.memory, 32, 1)
        self.items.release()

    def get(self):
        self.items.acquire()
        with self.lock:
            (head,) = struct.unpack_from("<Q", self.memory, 16)
            (tail,) = struct.unpack_from("<Q", self.memory, 24)
            if head == tail:
                self.items.release()
                return None
            offset = self._offset(head)
            (length,) = LENGTH.unpack_from(self.memory, offset)
            item = self.memory[offset + LENGTH.size : offset + LENGTH.size + length]
            self.memory[16:24] = WORD.pack(head + 1)
        self.places.release()
        return item

    def close(self):
        self.memory.close()
        for each in (self.places, self.items, self.lock):
            each.close()

    def unlink(self):
        posix_ipc.unlink_shared_memory(self.name)
        for part in ("places", "items", "lock"):
            posix_ipc.unlink_semaphore(derived(self.name, part))
