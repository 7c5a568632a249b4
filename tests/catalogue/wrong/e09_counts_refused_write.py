# diagnosis: wrong-result
# Adds the byte before it is written, so the refused one counts.
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total = 0
    try:
        while True:
            total += 1
            os.write(write_fd, b"x")
    except BlockingIOError:
        pass
    os.set_blocking(write_fd, blocking)
    left = total - 1
    while left:
        left -= len(os.read(read_fd, left))
    return total
