# diagnosis: child-escapes, wrong-result, orphan-left, zombie-left
# The measuring child returns into the caller's code, and so does the parent.
import os


def pipe_capacity(read_fd, write_fd):
    child = os.fork()
    if child:
        os.waitpid(child, 0)
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
