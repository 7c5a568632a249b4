# right: one non-blocking write larger than any pipe; the short count is the answer
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    try:
        os.set_blocking(write_fd, False)
        capacity = os.write(write_fd, bytes(2**20 + 4096))
    finally:
        os.set_blocking(write_fd, blocking)
    left = capacity
    while left:
        left -= len(os.read(read_fd, left))
    return capacity
