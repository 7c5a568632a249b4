# diagnosis: flags-changed
# Ends with blocking mode, although the end may have been non-blocking before.
import os


def pipe_capacity(read_fd, write_fd):
    os.set_blocking(write_fd, False)
    total = 0
    try:
        while True:
            total += os.write(write_fd, bytes(4096))
    except BlockingIOError:
        pass
    os.set_blocking(write_fd, True)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
