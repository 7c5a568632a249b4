# right: select while it reports room, then goes on byte by byte until the kernel refuses
import errno
import os
import select


def try_write(fd, data):
    try:
        return os.write(fd, data)
    except OSError as error:
        if error.errno != errno.EAGAIN:
            raise
        return 0


def pipe_capacity(read_fd, write_fd):
    ends = {fd: os.get_blocking(fd) for fd in (read_fd, write_fd)}
    for fd in ends:
        os.set_blocking(fd, False)
    count = 0
    while select.select([], [write_fd], [], 0)[1]:
        count += try_write(write_fd, b"z" * 512)
    while n := try_write(write_fd, b"z"):
        count += n
    while select.select([read_fd], [], [], 0)[0]:
        os.read(read_fd, 1024)
    for fd, blocking in ends.items():
        os.set_blocking(fd, blocking)
    return count
