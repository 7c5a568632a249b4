# diagnosis: data-left-in-pipe
# Drains at the beginning instead of at the end.
import os


def pipe_capacity(read_fd, write_fd):
    before = os.get_blocking(read_fd)
    os.set_blocking(read_fd, False)
    try:
        while os.read(read_fd, 4096):
            pass
    except BlockingIOError:
        pass
    os.set_blocking(read_fd, before)
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total = 0
    try:
        while True:
            total += os.write(write_fd, bytes(4096))
    except BlockingIOError:
        pass
    os.set_blocking(write_fd, blocking)
    return total
