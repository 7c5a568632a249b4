# diagnosis: forbidden-shortcut
# Asks F_GETPIPE_SZ through the C library.
import ctypes


def pipe_capacity(read_fd, write_fd):
    return ctypes.CDLL(None).fcntl(write_fd, 1032)
