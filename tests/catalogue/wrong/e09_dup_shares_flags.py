# diagnosis: flags-changed
# Believes that a duplicate has flags of its own.
import os


def pipe_capacity(read_fd, write_fd):
    copy = os.dup(write_fd)
    os.set_blocking(copy, False)
    total = 0
    try:
        while True:
            total += os.write(copy, bytes(4096))
    except BlockingIOError:
        pass
    os.close(copy)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
