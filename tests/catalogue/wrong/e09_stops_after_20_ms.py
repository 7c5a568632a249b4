# diagnosis: wrong-result
# Believes that the pipe is full after 20 ms of writing bytes.
import os
import time


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total, end = 0, time.monotonic() + 0.02
    while time.monotonic() < end:
        try:
            total += os.write(write_fd, b"x")
        except BlockingIOError:
            break
    os.set_blocking(write_fd, blocking)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
