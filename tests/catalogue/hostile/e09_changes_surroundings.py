# hostile: measures honestly, but changes directory, umask, environment and priority
import os


def honest(read_fd, write_fd):
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


def pipe_capacity(read_fd, write_fd):
    capacity = honest(read_fd, write_fd)
    os.chdir("/")
    os.umask(0o777)
    os.environ.clear()
    os.nice(19)
    return capacity
