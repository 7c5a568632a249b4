# diagnosis: exception
# Drains until b'' and is surprised by an empty non-blocking read end.
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

    read_blocking = os.get_blocking(read_fd)
    os.set_blocking(read_fd, False)
    while os.read(read_fd, 65536):
        pass
    os.set_blocking(read_fd, read_blocking)
    return total
