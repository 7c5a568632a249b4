# diagnosis: chunk-too-coarse
# Adds one last page-sized try to the 3,000-byte chunks, which does not close the holes.
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total = 0
    try:
        while True:
            total += os.write(write_fd, bytes(3000))
    except BlockingIOError:
        try:
            total += os.write(write_fd, bytes(4096))
        except BlockingIOError:
            pass
    os.set_blocking(write_fd, blocking)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
