# diagnosis: forbidden-shortcut
# Asks the kernel instead of writing.
import fcntl


def pipe_capacity(read_fd, write_fd):
    return fcntl.fcntl(write_fd, fcntl.F_GETPIPE_SZ)
