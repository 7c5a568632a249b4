# diagnosis: forbidden-shortcut
# The same question with the bare number, on the other end.
from fcntl import fcntl


def pipe_capacity(read_fd, write_fd):
    return fcntl(read_fd, 1032)
