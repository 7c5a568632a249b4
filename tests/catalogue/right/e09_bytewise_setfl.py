# right: one byte per write, O_NONBLOCK set and restored with fcntl
import fcntl
import os


def pipe_capacity(read_fd: int, write_fd: int) -> int:
    flags = fcntl.fcntl(write_fd, fcntl.F_GETFL)
    fcntl.fcntl(write_fd, fcntl.F_SETFL, flags | os.O_NONBLOCK)
    accepted = 0
    try:
        while True:
            accepted += os.write(write_fd, b"x")
    except BlockingIOError:
        pass
    finally:
        fcntl.fcntl(write_fd, fcntl.F_SETFL, flags)
    left = accepted
    while left:
        left -= len(os.read(read_fd, left))
    return accepted
