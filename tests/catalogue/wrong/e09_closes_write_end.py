# diagnosis: wrong-result, exception
# Closes the write end to get an end of file while draining.
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
    os.close(write_fd)
    while os.read(read_fd, 65536):
        pass
    return total
