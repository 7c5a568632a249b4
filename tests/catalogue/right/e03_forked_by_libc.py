# right: fork, waitpid and _exit of the C library (PyDLL keeps the interpreter lock over fork)
import ctypes
import os

libc = ctypes.PyDLL(None, use_errno=True)


def opposite_ends(message: bytes) -> bytes:
    read_fd, write_fd = os.pipe()
    pid = libc.fork()
    if pid < 0:
        raise OSError(ctypes.get_errno(), "fork")
    if pid == 0:
        try:
            os.close(read_fd)
            view = memoryview(message)
            while view:
                view = view[os.write(write_fd, view) :]
            os.close(write_fd)
        finally:
            libc._exit(0)
    os.close(write_fd)
    blocks = []
    while block := os.read(read_fd, 65536):
        blocks.append(block)
    os.close(read_fd)
    os.waitpid(pid, 0)
    return b"".join(blocks)
