# hostile: makes itself undumpable, which hides it in /proc from an ordinary user, and hangs in a write
# verdict: fail
import ctypes
import os


def pipe_capacity(read_fd, write_fd):
    PR_SET_DUMPABLE = 4
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    os.set_blocking(write_fd, True)
    return os.write(write_fd, bytes(8 << 20))
