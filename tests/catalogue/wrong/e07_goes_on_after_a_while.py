# diagnosis: lost-update
# waits for the lock for 1.5 s at most, then goes on without it

import struct

import posix_ipc


def increment_without_lock(memory, times):
    for _ in range(times):
        number = int.from_bytes(memory[:8], "little")
        memory[:8] = (number + 1).to_bytes(8, "little")


class Guard:
    def __init__(self, semaphore, seconds):
        self.semaphore, self.seconds = semaphore, seconds

    def __enter__(self):
        try:
            self.semaphore.acquire(self.seconds)
            self.held = True
        except posix_ipc.BusyError:
            self.held = False

    def __exit__(self, *_):
        if self.held:
            self.semaphore.release()


def increment_with_lock(memory, semaphore, times):
    for _ in range(times):
        with Guard(semaphore, 1.5):
            (n,) = struct.unpack_from("<Q", memory)
            struct.pack_into("<Q", memory, 0, n + 1)
