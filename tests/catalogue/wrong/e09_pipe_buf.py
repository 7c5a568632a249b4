# diagnosis: hard-coded, wrong-result
# Takes PIPE_BUF, the limit of an atomic write, for the capacity.
import os


def pipe_capacity(read_fd, write_fd):
    return os.fpathconf(write_fd, "PC_PIPE_BUF")
