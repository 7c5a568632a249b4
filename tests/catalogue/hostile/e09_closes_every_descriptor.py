# hostile: closes every descriptor, also those of the checker
# verdict: fail
import os


def pipe_capacity(read_fd, write_fd):
    os.closerange(0, 65536)
    return 65536
