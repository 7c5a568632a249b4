# diagnosis: name-leak
# unlink forgets the memory.
import mmap
import posix_ipc
from hashlib import sha256
from struct import Struct

TOP = Struct("<QQQ")  # capacity, slot size, next ticket
SLOT = Struct("<QqQ")  # sequence, length (-1: the end), unused


class RingBuffer:
    def __init__(self, name, create=None):
        self.name = name
        key = sha256(name.encode()).hexdigest()[:20]
        self.names = [f"/{key}{letter}" for letter in "abc"]
        if create:
            self.unlink()
            try:
                posix_ipc.unlink_shared_memory(name)
            except posix_ipc.ExistentialError:
                pass
            capacity, item_size = create
            slots = capacity + 1
            shm = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, size=TOP.size + slots * (SLOT.size + item_size))
            self.mem = mmap.mmap(shm.fd, shm.size)
            TOP.pack_into(self.mem, 0, capacity, SLOT.size + item_size, 0)
            for number in range(slots):
                SLOT.pack_into(self.mem, self._at(number), number, 0, 0)
            self.sems = [
                posix_ipc.Semaphore(each, posix_ipc.O_CREX, initial_value=value)
                for each, value in zip(self.names, (capacity, 0, 1))
            ]
        else:
            shm = posix_ipc.SharedMemory(name)
            self.mem = mmap.mmap(shm.fd, shm.size)
            self.sems = [posix_ipc.Semaphore(each) for each in self.names]
        shm.close_fd()
        self.tail = 0

    @classmethod
    def create(cls, name, capacity, item_size):
        return cls(name, (capacity, item_size))

    @classmethod
    def attach(cls, name):
        return cls(name)

    def _at(self, number):
        capacity, stride, _ = TOP.unpack_from(self.mem)
        return TOP.size + number % (capacity + 1) * stride

    def _write(self, length, data):
        at = self._at(self.tail)
        sequence, _, _ = SLOT.unpack_from(self.mem, at)
        assert sequence == self.tail, "the slot is not free"
        self.mem[at + 8 : at + 16] = length.to_bytes(8, "little", signed=True)
        self.mem[at + SLOT.size : at + SLOT.size + len(data)] = data
        self.tail += 1
        self.mem[at : at + 8] = self.tail.to_bytes(8, "little")
        self.sems[1].release()

    def put(self, item):
        _, stride, _ = TOP.unpack_from(self.mem)
        if len(item) > stride - SLOT.size:
            raise ValueError("item too long")
        self.sems[0].acquire()
        self._write(len(item), item)

    def finish(self):
        self._write(-1, b"")  # there is one slot more than items

    def get(self):
        free, filled, turn = self.sems
        filled.acquire()
        with turn:
            capacity, _, ticket = TOP.unpack_from(self.mem)
            at = self._at(ticket)
            sequence, length, _ = SLOT.unpack_from(self.mem, at)
            assert sequence == ticket + 1, "the slot is not filled"
            if length < 0:
                filled.release()
                return None
            item = bytes(self.mem[at + SLOT.size : at + SLOT.size + length])
            self.mem[at : at + 8] = (ticket + capacity + 1).to_bytes(8, "little")
            self.mem[16:24] = (ticket + 1).to_bytes(8, "little")
        free.release()
        return item

    def close(self):
        self.mem.close()
        for each in self.sems:
            each.close()

    def unlink(self):
        for unlink, name in [
            (posix_ipc.unlink_semaphore, each) for each in self.names
        ]:
            try:
                unlink(name)
            except posix_ipc.ExistentialError:
                pass
