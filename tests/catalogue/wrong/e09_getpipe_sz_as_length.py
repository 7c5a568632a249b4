# diagnosis: forbidden-shortcut
# Uses F_GETPIPE_SZ only to choose the length of its one write.
import fcntl
import os


def pipe_capacity(read_fd, write_fd):
    total = os.write(write_fd, bytes(fcntl.fcntl(write_fd, fcntl.F_GETPIPE_SZ)))
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
