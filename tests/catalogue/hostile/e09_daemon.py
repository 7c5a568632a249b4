# hostile: measures honestly, but leaves a daemon: a double fork, setsid, signals ignored, asleep for minutes
# verdict: fail
import os
import signal
import time


def honest(read_fd, write_fd):
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
    return total


def pipe_capacity(read_fd, write_fd):
    capacity = honest(read_fd, write_fd)
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        for signum in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(signum, signal.SIG_IGN)
        os.closerange(0, 256)
        time.sleep(300)
        os._exit(0)
    os.waitpid(child, 0)
    return capacity
