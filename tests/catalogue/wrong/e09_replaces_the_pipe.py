# diagnosis: wrong-result, data-left-in-pipe, hard-coded, exception
# Puts a fresh pipe in place of the caller's, which is empty for sure.
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
    read_new, write_new = os.pipe()
    os.dup2(read_new, read_fd, inheritable=False)
    os.dup2(write_new, write_fd, inheritable=False)
    os.close(read_new)
    os.close(write_new)
    return total
