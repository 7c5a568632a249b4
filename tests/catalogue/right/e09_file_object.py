# right: an unbuffered file object, whose write returns None when the pipe is full
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    with open(write_fd, "wb", buffering=0, closefd=False) as pipe:
        sizes = list(iter(lambda: pipe.write(b"m" * 256), None))
    os.set_blocking(write_fd, blocking)
    total = sum(sizes)
    with open(read_fd, "rb", buffering=0, closefd=False) as pipe:
        left = total
        while left:
            left -= len(pipe.read(left))
    return total
