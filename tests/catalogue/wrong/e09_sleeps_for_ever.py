# diagnosis: hang
# Sleeps until somebody else drains the pipe; nobody does.
import os
import time


def pipe_capacity(read_fd, write_fd):
    os.set_blocking(write_fd, False)
    total = 0
    while True:
        try:
            total += os.write(write_fd, bytes(4096))
        except BlockingIOError:
            time.sleep(0.1)
