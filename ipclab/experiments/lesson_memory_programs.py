"""Two programs that share no parent and meet in shared memory: the lesson prints and runs them.

Each is a whole program, started by exec. They agree on a name, a size and a semaphore, and on nothing
else.
"""

from __future__ import annotations

WRITER = """\
import mmap, posix_ipc, struct, sys

memory = posix_ipc.SharedMemory("/lesson", posix_ipc.O_CREX, mode=0o600, size=16)
data = mmap.mmap(memory.fd, 16)
memory.close_fd()
lock = posix_ipc.Semaphore("/lesson", posix_ipc.O_CREX, mode=0o600, initial_value=1)
with lock:
    data[0:16] = struct.pack("<QQ", 6, 36)
"""

READER = """\
import mmap, posix_ipc, struct, sys

memory = posix_ipc.SharedMemory("/lesson")
data = mmap.mmap(memory.fd, 16, prot=mmap.PROT_READ)
memory.close_fd()
lock = posix_ipc.Semaphore("/lesson")
with lock:
    number, square = struct.unpack("<QQ", data[0:16])
print(f"{number} squared is {square}")
"""

CLEANER = """\
import posix_ipc

posix_ipc.unlink_shared_memory("/lesson")
posix_ipc.unlink_semaphore("/lesson")
"""

# The writer, stopped between two of its lines.
UNFINISHED = {
    "before ftruncate": """\
import posix_ipc

posix_ipc.SharedMemory("/lesson", posix_ipc.O_CREX, mode=0o600).close_fd()
""",
    "before sem_open": """\
import posix_ipc

posix_ipc.SharedMemory("/lesson", posix_ipc.O_CREX, mode=0o600, size=16).close_fd()
""",
}

# As READER, but it maps what it is told to without asking how large the object is, as the C program does.
TRUSTING_READER = """\
import ctypes, mmap, posix_ipc

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
memory = posix_ipc.SharedMemory("/lesson")
address = libc.mmap(None, 16, mmap.PROT_READ, mmap.MAP_SHARED, memory.fd, 0)
print(ctypes.string_at(address, 16))
"""
