# diagnosis: forbidden-shortcut, wrong-result, hard-coded
# Sets the size, and returns the size that it has just set.
import fcntl


def pipe_capacity(read_fd, write_fd):
    return fcntl.fcntl(write_fd, fcntl.F_SETPIPE_SZ, 65536)
