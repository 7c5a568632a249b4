# diagnosis: hang
# Sets O_NONBLOCK with F_SETFD, which knows only FD_CLOEXEC: the write still blocks.
import fcntl
import os


def pipe_capacity(read_fd, write_fd):
    flags = fcntl.fcntl(write_fd, fcntl.F_GETFD)
    fcntl.fcntl(write_fd, fcntl.F_SETFD, flags | os.O_NONBLOCK)
    total = 0
    try:
        while True:
            total += os.write(write_fd, b"x" * 4096)
    except BlockingIOError:
        pass
    fcntl.fcntl(write_fd, fcntl.F_SETFD, flags)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
