# diagnosis: exception
# One recursion a byte: RecursionError.
import os


def count(fd):
    try:
        return os.write(fd, b"x") + count(fd)
    except BlockingIOError:
        return 0


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    try:
        total = count(write_fd)
    finally:
        os.set_blocking(write_fd, blocking)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
