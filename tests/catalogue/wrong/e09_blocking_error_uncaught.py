# diagnosis: exception
# Does not expect the exception of a full pipe.
import os


def pipe_capacity(read_fd, write_fd):
    os.set_blocking(write_fd, False)
    total = 0
    while n := os.write(write_fd, bytes(4096)):
        total += n
    return total
