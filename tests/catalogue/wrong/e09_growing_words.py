# diagnosis: chunk-too-coarse, wrong-result
# Writes numbered lines of growing length.
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total = number = 0
    try:
        while True:
            number += 1
            total += os.write(write_fd, b"line number %d of the filling of this pipe\n" % number)
    except BlockingIOError:
        pass
    os.set_blocking(write_fd, blocking)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
