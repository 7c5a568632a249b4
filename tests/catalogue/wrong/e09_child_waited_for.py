# diagnosis: hang, pipe-full-deadlock, wait-before-read
# A child writes more than fits, and the parent waits for it before anybody reads.
import os


def pipe_capacity(read_fd, write_fd):
    child = os.fork()
    if child == 0:
        os.write(write_fd, bytes(4 << 20))
        os._exit(0)
    os.waitpid(child, 0)
    total = 0
    os.set_blocking(read_fd, False)
    try:
        while True:
            total += len(os.read(read_fd, 65536))
    except BlockingIOError:
        return total
