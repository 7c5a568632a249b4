# hostile: reads address zero
# verdict: fail
import ctypes


def pipe_capacity(read_fd, write_fd):
    return ctypes.string_at(0)
