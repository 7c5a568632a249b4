# diagnosis: hang
# Toggles O_NONBLOCK with xor, so that an end that was non-blocking becomes blocking.
import fcntl
import os


def pipe_capacity(read_fd, write_fd):
    flags = fcntl.fcntl(write_fd, fcntl.F_GETFL)
    fcntl.fcntl(write_fd, fcntl.F_SETFL, flags ^ os.O_NONBLOCK)
    total = 0
    try:
        while True:
            total += os.write(write_fd, b"x" * 1024)
    except BlockingIOError:
        pass
    fcntl.fcntl(write_fd, fcntl.F_SETFL, flags)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
