# diagnosis: exception
# Works only for an end that is already non-blocking.
import os


def pipe_capacity(read_fd, write_fd):
    if os.get_blocking(write_fd):
        raise ValueError("make the pipe non-blocking first")
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total = 0
    try:
        while True:
            total += os.write(write_fd, bytes(4096))
    except BlockingIOError:
        pass
    os.set_blocking(write_fd, blocking)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
