# diagnosis: flags-changed
# Restores the write end and forgets the read end.
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

    os.set_blocking(read_fd, False)
    try:
        while os.read(read_fd, 65536):
            pass
    except BlockingIOError:
        pass
    return total
