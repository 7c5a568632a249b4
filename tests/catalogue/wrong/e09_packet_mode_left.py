# diagnosis: flags-changed
# Switches packet mode on and leaves it on.
import fcntl
import os


def pipe_capacity(read_fd, write_fd):
    flags = fcntl.fcntl(write_fd, fcntl.F_GETFL)
    fcntl.fcntl(write_fd, fcntl.F_SETFL, flags | os.O_NONBLOCK | os.O_DIRECT)
    total = 0
    try:
        while True:
            total += os.write(write_fd, bytes(4096))
    except BlockingIOError:
        pass
    fcntl.fcntl(write_fd, fcntl.F_SETFL, flags | os.O_DIRECT)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
