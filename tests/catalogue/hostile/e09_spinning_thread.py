# hostile: measures honestly, but leaves a daemon thread spinning
import os
import threading


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


def spin():
    while True:
        pass


def pipe_capacity(read_fd, write_fd):
    threading.Thread(target=spin, daemon=True).start()
    return honest(read_fd, write_fd)
