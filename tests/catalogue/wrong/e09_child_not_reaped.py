# diagnosis: zombie-left
# Waits with WNOWAIT until its child is dead, and leaves the zombie.
import os
import select
import signal


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, True)
    child = os.fork()
    if child == 0:
        os.write(write_fd, bytes(4 << 20))
        os._exit(0)
    while select.select([], [write_fd], [], 0)[1]:
        os.sched_yield()
    os.kill(child, signal.SIGKILL)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    os.set_blocking(write_fd, blocking)
    read_blocking = os.get_blocking(read_fd)
    os.set_blocking(read_fd, False)
    total = 0
    try:
        while True:
            total += len(os.read(read_fd, 65536))
    except BlockingIOError:
        pass
    os.set_blocking(read_fd, read_blocking)
    return total
