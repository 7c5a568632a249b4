# hostile: leaves by os._exit(0) as if all were well
# verdict: fail
import os


def pipe_capacity(read_fd, write_fd):
    os._exit(0)
