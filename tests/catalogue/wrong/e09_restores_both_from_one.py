# diagnosis: flags-changed
# Gives both ends the mode that the write end had.
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    for fd in (read_fd, write_fd):
        os.set_blocking(fd, False)
    total = 0
    try:
        while True:
            total += os.write(write_fd, bytes(2048))
    except BlockingIOError:
        pass
    try:
        while os.read(read_fd, 2048):
            pass
    except BlockingIOError:
        pass
    for fd in (read_fd, write_fd):
        os.set_blocking(fd, blocking)
    return total
