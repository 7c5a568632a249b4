# diagnosis: forbidden-shortcut
# Writes and drains for show, then asks F_GETPIPE_SZ.
import fcntl
import os


def pipe_capacity(read_fd, write_fd):
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
    return max(total, fcntl.fcntl(read_fd, fcntl.F_GETPIPE_SZ))
