# right: a repeating timer with an empty handler turns a long blocking write into a short one
import os
import signal


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    previous = signal.signal(signal.SIGALRM, lambda signum, frame: None)
    os.set_blocking(write_fd, True)
    signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
    try:
        capacity = os.write(write_fd, bytes((1 << 20) + 1))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
        os.set_blocking(write_fd, blocking)
    rest = capacity
    while rest:
        rest -= len(os.read(read_fd, min(rest, 8192)))
    return capacity
