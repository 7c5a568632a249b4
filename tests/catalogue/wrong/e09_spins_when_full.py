# diagnosis: busy-wait, hang
# Tries again for ever when the pipe is full.
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total, full = 0, False
    while not full:
        try:
            total += os.write(write_fd, b"x")
        except BlockingIOError:
            continue
    os.set_blocking(write_fd, blocking)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
