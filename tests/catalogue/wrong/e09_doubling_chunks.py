# diagnosis: chunk-too-coarse, wrong-result
# Doubles the chunk from one byte on: the first page keeps a hole of one byte.
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total, chunk = 0, 1
    try:
        while True:
            total += os.write(write_fd, bytes(chunk))
            chunk *= 2
    except BlockingIOError:
        pass
    os.set_blocking(write_fd, blocking)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
