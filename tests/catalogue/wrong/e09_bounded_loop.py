# diagnosis: wrong-result, data-left-in-pipe
# Stops after 100,000 single bytes: a larger pipe looks smaller.
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total = 0
    for _ in range(100_000):
        try:
            total += os.write(write_fd, b"x")
        except BlockingIOError:
            break
    os.set_blocking(write_fd, blocking)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
