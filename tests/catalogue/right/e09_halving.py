# right: starts with 1 MiB writes and halves the chunk at each refusal, down to single bytes
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    try:
        size, capacity = 1 << 20, 0
        while size:
            try:
                capacity += os.write(write_fd, b"\0" * size)
            except BlockingIOError:
                size //= 2
    finally:
        os.set_blocking(write_fd, blocking)
    remaining = capacity
    while remaining > 0:
        remaining -= len(os.read(read_fd, 65536))
    return capacity
