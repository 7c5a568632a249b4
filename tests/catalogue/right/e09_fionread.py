# right: ignores what the writes return and asks FIONREAD before draining
import array
import contextlib
import fcntl
import os
import termios


def pipe_capacity(read_fd, write_fd):
    old = fcntl.fcntl(write_fd, fcntl.F_GETFL, 0)
    fcntl.fcntl(write_fd, fcntl.F_SETFL, old | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        for _ in iter(int, 1):
            os.write(write_fd, bytes(65536))
    fcntl.fcntl(write_fd, fcntl.F_SETFL, old)
    waiting = array.array("i", [0])
    fcntl.ioctl(read_fd, termios.FIONREAD, waiting)
    capacity = waiting[0]
    buffer = bytearray(capacity)
    got = 0
    while got < capacity:
        got += os.readv(read_fd, [memoryview(buffer)[got:]])
    return capacity
