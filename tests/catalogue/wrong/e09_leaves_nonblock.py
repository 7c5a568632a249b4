# diagnosis: flags-changed
# Never restores O_NONBLOCK on the write end.
import os


def pipe_capacity(read_fd, write_fd):
    os.set_blocking(write_fd, False)
    total = 0
    try:
        while True:
            total += os.write(write_fd, bytes(4096))
    except BlockingIOError:
        pass
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
