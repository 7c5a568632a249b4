# diagnosis: size-not-checked
# put takes items of any length.
import hashlib
import mmap
import struct

import posix_ipc

HEADER = struct.Struct("<4Q")  # bytes in the ring, item size, read so far, written so far


class RingBuffer:
    """Bytes from `read` to `written` are in use; semaphores count the items."""

    @classmethod
    def create(cls, name, capacity, item_size):
        own = cls()
        own.name = name
        own.forget()
        size = capacity * (item_size + 4)
        shm = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, size=HEADER.size + size)
        own.open(shm, {"may_put": capacity, "may_get": 0, "reader": 1})
        HEADER.pack_into(own.memory, 0, size, item_size, 0, 0)
        return own

    @classmethod
    def attach(cls, name):
        own = cls()
        own.name = name
        own.open(posix_ipc.SharedMemory(name), None)
        return own

    def label(self, part):
        return f"/{part}-{hashlib.md5(self.name.encode()).hexdigest()}"

    def open(self, shm, values):
        self.memory = mmap.mmap(shm.fd, 0)
        shm.close_fd()
        flags = posix_ipc.O_CREX if values else 0
        self.may_put, self.may_get, self.reader = (
            posix_ipc.Semaphore(self.label(part), flags, initial_value=(values or {}).get(part, 0))
            for part in ("may_put", "may_get", "reader")
        )

    def forget(self):
        try:
            posix_ipc.unlink_shared_memory(self.name)
        except posix_ipc.ExistentialError:
            pass
        for part in ("may_put", "may_get", "reader"):
            try:
                posix_ipc.unlink_semaphore(self.label(part))
            except posix_ipc.ExistentialError:
                pass

    def store(self, position, data):
        size = HEADER.unpack_from(self.memory)[0]
        start = position % size
        first = data[: size - start]
        self.memory[HEADER.size + start : HEADER.size + start + len(first)] = first
        rest = data[len(first) :]
        self.memory[HEADER.size : HEADER.size + len(rest)] = rest
        return position + len(data)

    def load(self, position, length):
        size = HEADER.unpack_from(self.memory)[0]
        start = position % size
        first = self.memory[HEADER.size + start : HEADER.size + min(size, start + length)]
        return first + self.memory[HEADER.size : HEADER.size + length - len(first)]

    def put(self, item):
        _, item_size, _, written = HEADER.unpack_from(self.memory)
        self.may_put.acquire()
        after = self.store(written, struct.pack("<I", len(item)) + item)
        self.memory[24:32] = after.to_bytes(8, "little")
        self.may_get.release()

    def get(self):
        with self.reader:
            self.may_get.acquire()
            _, _, read, written = HEADER.unpack_from(self.memory)
            if read == written:
                self.may_get.release()
                return None
            (length,) = struct.unpack("<I", self.load(read, 4))
            item = self.load(read + 4, length)
            self.memory[16:24] = (read + 4 + length).to_bytes(8, "little")
            self.may_put.release()
            return item

    def finish(self):
        self.may_get.release()

    def close(self):
        self.memory.close()
        self.may_put.close()
        self.may_get.close()
        self.reader.close()

    def unlink(self):
        self.forget()
