# diagnosis: stale-name
# create opens what is there already, with all that was in it.
import mmap
import zlib
from ctypes import Structure, c_char, c_uint32, c_uint64, sizeof

import posix_ipc as ipc


class State(Structure):
    _fields_ = [
        ("capacity", c_uint32),
        ("item_size", c_uint32),
        ("head", c_uint64),
        ("count", c_uint64),
        ("finished", c_uint32),
        ("producer_sleeps", c_uint32),
        ("consumers_sleep", c_uint32),
    ]


class RingBuffer:
    PARTS = (("lock", 1), ("not_full", 0), ("not_empty", 0))

    @classmethod
    def _names(cls, name):
        digest = f"{zlib.crc32(name.encode()):08x}{zlib.adler32(name.encode()):08x}"
        return {part: f"/ring.{digest}.{part}" for part, _ in cls.PARTS}

    @classmethod
    def create(cls, name, capacity, item_size):
        for part, value in cls.PARTS:
            ipc.Semaphore(cls._names(name)[part], ipc.O_CREAT, initial_value=value).close()
        memory = ipc.SharedMemory(name, ipc.O_CREAT, size=sizeof(State) + capacity * (4 + item_size))
        with mmap.mmap(memory.fd, memory.size) as mapping:
            mapping[: sizeof(State)] = bytes(State(capacity, item_size))
        memory.close_fd()
        return cls.attach(name)

    @classmethod
    def attach(cls, name):
        self = cls()
        self.name = name
        memory = ipc.SharedMemory(name)
        self.mapping = mmap.mmap(memory.fd, memory.size)
        memory.close_fd()
        self.state = State.from_buffer(self.mapping)
        for part, semaphore in cls._names(name).items():
            setattr(self, part, ipc.Semaphore(semaphore))
        return self

    def _slot(self, number):
        stride = 4 + self.state.item_size
        return sizeof(State) + number % self.state.capacity * stride

    def put(self, item):
        if len(item) > self.state.item_size:
            raise ValueError("the item does not fit")
        with self.lock:
            while self.state.count == self.state.capacity:
                self.state.producer_sleeps = 1
                self.lock.release()
                self.not_full.acquire()
                self.lock.acquire()
            start = self._slot(self.state.head + self.state.count)
            self.mapping[start : start + 4 + len(item)] = len(item).to_bytes(4, "big") + item
            self.state.count += 1
            if self.state.consumers_sleep:
                self.state.consumers_sleep -= 1
                self.not_empty.release()

    def get(self):
        with self.lock:
            while self.state.count == 0:
                if self.state.finished:
                    return None
                self.state.consumers_sleep += 1
                self.lock.release()
                self.not_empty.acquire()
                self.lock.acquire()
            start = self._slot(self.state.head)
            length = int.from_bytes(self.mapping[start : start + 4], "big")
            item = self.mapping[start + 4 : start + 4 + length]
            self.state.head += 1
            self.state.count -= 1
            if self.state.producer_sleeps:
                self.state.producer_sleeps = 0
                self.not_full.release()
            return item

    def finish(self):
        with self.lock:
            self.state.finished = 1
            while self.state.consumers_sleep:
                self.state.consumers_sleep -= 1
                self.not_empty.release()

    def close(self):
        del self.state
        self.mapping.close()
        for part, _ in self.PARTS:
            getattr(self, part).close()

    @classmethod
    def _unlink(cls, name):
        for remove, each in [(ipc.unlink_shared_memory, name)] + [
            (ipc.unlink_semaphore, each) for each in cls._names(name).values()
        ]:
            try:
                remove(each)
            except ipc.ExistentialError:
                continue

    def unlink(self):
        self._unlink(self.name)
