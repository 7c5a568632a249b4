# diagnosis: hang
# Writes 2 MiB in one blocking write and hopes for a short count.
import os


def pipe_capacity(read_fd, write_fd):
    total = os.write(write_fd, bytes(2 << 20))
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
