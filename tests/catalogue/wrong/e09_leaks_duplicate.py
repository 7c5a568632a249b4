# diagnosis: fd-leak
# Works on a duplicate of the write end and never closes it.
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    copy = os.dup(write_fd)
    total = 0
    try:
        while True:
            total += os.write(copy, bytes(4096))
    except BlockingIOError:
        pass
    os.set_blocking(write_fd, blocking)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
