# hostile: registers functions that hang in every later fork
# verdict: fail
import os
import time


def hang():
    while True:
        time.sleep(1)


def pipe_capacity(read_fd, write_fd):
    os.register_at_fork(before=hang, after_in_child=hang)
    os.fork()
    return 65536
