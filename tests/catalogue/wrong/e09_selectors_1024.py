# diagnosis: poll-is-not-full
# The same with selectors, non-blocking, and 1,024 bytes.
import os
import selectors


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total = 0
    with selectors.DefaultSelector() as selector:
        selector.register(write_fd, selectors.EVENT_WRITE)
        while selector.select(timeout=0):
            total += os.write(write_fd, b"." * 1024)
    os.set_blocking(write_fd, blocking)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
