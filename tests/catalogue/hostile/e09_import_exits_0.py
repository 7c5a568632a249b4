# hostile: leaves by os._exit(0) while it is imported
# verdict: error, fail
import os

os._exit(0)


def pipe_capacity(read_fd, write_fd):
    return 65536
