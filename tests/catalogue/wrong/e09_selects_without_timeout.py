# diagnosis: hang
# Asks select without a time-out whether there is still room: it waits for a reader.
import os
import select


def pipe_capacity(read_fd, write_fd):
    total = 0
    while select.select([], [write_fd], [])[1]:
        total += os.write(write_fd, bytes(4096))
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
