# diagnosis: hang
# Expects BlockingIOError from an end that it never made non-blocking.
import os


def pipe_capacity(read_fd, write_fd):
    total = 0
    while True:
        try:
            total += os.write(write_fd, b"x")
        except BlockingIOError:
            break
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
