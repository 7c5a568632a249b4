# diagnosis: wrong-result, exception
# os.fdopen takes the descriptor over: leaving the with block closes the caller's write end.
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total = 0
    with os.fdopen(write_fd, "wb", buffering=0) as pipe:
        while n := pipe.write(bytes(4096)):
            total += n
        os.set_blocking(write_fd, blocking)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
