# hostile: raises SystemExit(0)
# verdict: fail
import sys


def pipe_capacity(read_fd, write_fd):
    sys.exit(0)
