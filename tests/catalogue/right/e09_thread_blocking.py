# right: a thread is stuck in one long blocking write while the main thread asks FIONREAD how much is in the pipe
import array
import fcntl
import os
import select
import termios
import threading
import time

LONG = 2 << 20


def write_all(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def bytes_inside(fd):
    number = array.array("i", [0])
    fcntl.ioctl(fd, termios.FIONREAD, number)
    return number[0]


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, True)
    writer = threading.Thread(target=write_all, args=(write_fd, bytes(LONG)))
    writer.start()
    # The kernel holds the pipe's lock until the writer sleeps, so once no slot is free, FIONREAD is the final count.
    while select.select([], [write_fd], [], 0)[1]:
        time.sleep(0.001)
    capacity = bytes_inside(read_fd)
    left = LONG
    while left:
        select.select([read_fd], [], [])
        left -= len(os.read(read_fd, min(left, 1 << 16)))
    writer.join()
    os.set_blocking(write_fd, blocking)
    return capacity
