# diagnosis: forbidden-shortcut, wrong-result, hard-coded
# Resizes the pipe to the default before it measures.
import fcntl
import os


def pipe_capacity(read_fd, write_fd):
    fcntl.fcntl(write_fd, 1031, 1 << 16)
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total = 0
    try:
        while True:
            total += os.write(write_fd, bytes(4096))
    except BlockingIOError:
        pass
    os.set_blocking(write_fd, blocking)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
