# diagnosis: wrong-result
# a fork of the C library, and two children: each sends one half of the message
import ctypes
import os

libc = ctypes.PyDLL(None)


def half(read_fd, write_fd, part):
    pid = libc.fork()
    if pid == 0:
        os.close(read_fd)
        while part:
            part = part[os.write(write_fd, part) :]
        os._exit(0)
    return pid


def opposite_ends(message: bytes) -> bytes:
    middle = len(message) // 2
    received = b""
    for part in (message[:middle], message[middle:]):
        read_fd, write_fd = os.pipe()
        pid = half(read_fd, write_fd, part)
        os.close(write_fd)
        while block := os.read(read_fd, 65536):
            received += block
        os.close(read_fd)
        os.waitpid(pid, 0)
    return received
