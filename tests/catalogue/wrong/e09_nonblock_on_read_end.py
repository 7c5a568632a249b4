# diagnosis: hang
# Makes the read end non-blocking, but it is the write that blocks.
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(read_fd)
    os.set_blocking(read_fd, False)
    total = 0
    try:
        while True:
            total += os.write(write_fd, bytes(4096))
    except BlockingIOError:
        pass
    os.set_blocking(read_fd, blocking)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
