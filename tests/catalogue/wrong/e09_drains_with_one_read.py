# diagnosis: data-left-in-pipe
# One read of 65,536 bytes: a larger pipe is not empty after it.
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total = 0
    try:
        while True:
            total += os.write(write_fd, bytes(4096))
    except BlockingIOError:
        pass
    os.set_blocking(write_fd, blocking)
    os.read(read_fd, 65536)
    return total
