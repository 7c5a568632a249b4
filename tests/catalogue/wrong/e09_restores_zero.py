# diagnosis: flags-changed
# Restores with F_SETFL 0 instead of what was there.
import fcntl
import os


def pipe_capacity(read_fd, write_fd):
    fcntl.fcntl(write_fd, fcntl.F_SETFL, os.O_NONBLOCK)
    total = 0
    try:
        while True:
            total += os.write(write_fd, b"x" * 256)
    except BlockingIOError:
        pass
    fcntl.fcntl(write_fd, fcntl.F_SETFL, 0)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
