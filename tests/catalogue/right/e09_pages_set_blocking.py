# right: page-sized writes with os.set_blocking, drained page by page
import os

PAGE = os.sysconf("SC_PAGESIZE")


def pipe_capacity(read_fd, write_fd):
    was_blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total = 0
    while True:
        try:
            total += os.write(write_fd, bytes(PAGE))
        except BlockingIOError:
            break
    os.set_blocking(write_fd, was_blocking)
    drained = 0
    while drained < total:
        drained += len(os.read(read_fd, min(PAGE, total - drained)))
    return total
