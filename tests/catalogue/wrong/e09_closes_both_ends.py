# diagnosis: wrong-result, exception
# Drains by closing the pipe.
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
    os.close(read_fd)
    os.close(write_fd)
    return total
