# diagnosis: data-left-in-pipe
# Reads once for each page, but half a page at a time.
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
    for _ in range(total // 4096):
        os.read(read_fd, 2048)
    return total
