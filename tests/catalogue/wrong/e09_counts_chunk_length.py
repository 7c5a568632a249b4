# diagnosis: wrong-result
# Adds the length that it asked for: a short write counts as a full one.
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    chunk = bytes(10_000)
    attempted = 0
    try:
        while True:
            os.write(write_fd, chunk)
            attempted += len(chunk)
    except BlockingIOError:
        pass
    os.set_blocking(write_fd, blocking)
    was = os.get_blocking(read_fd)
    os.set_blocking(read_fd, False)
    left = attempted
    while left > 0:
        try:
            left -= len(os.read(read_fd, 65536))
        except BlockingIOError:
            break
    os.set_blocking(read_fd, was)
    return attempted
