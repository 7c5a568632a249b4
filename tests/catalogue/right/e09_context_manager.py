# right: a context manager makes each end non-blocking for a while
import contextlib
import os


@contextlib.contextmanager
def non_blocking(fd):
    before = os.get_blocking(fd)
    os.set_blocking(fd, False)
    try:
        yield fd
    finally:
        os.set_blocking(fd, before)


def pipe_capacity(read_fd, write_fd):
    total = 0
    with non_blocking(write_fd), contextlib.suppress(BlockingIOError):
        while True:
            total += os.write(write_fd, b"0123456789abcdef" * 256)
    with non_blocking(read_fd), contextlib.suppress(BlockingIOError):
        while os.read(read_fd, 10_000):
            pass
    return total
