# diagnosis: poll-is-not-full
# Stops when select no longer reports the end as writable; the last page still has room.
import os
import select


def pipe_capacity(read_fd, write_fd):
    total = 0
    while select.select([], [write_fd], [], 0)[1]:
        total += os.write(write_fd, b"x")
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
