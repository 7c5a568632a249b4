# diagnosis: wrong-result
# the child turns its stdout into the pipe and writes with sys.stdout: the caller's unflushed output goes along
import os
import sys


def opposite_ends(message: bytes) -> bytes:
    read_fd, write_fd = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read_fd)
            if write_fd != 1:
                os.dup2(write_fd, 1)
                os.close(write_fd)
            sys.stdout.buffer.write(message)
            sys.stdout.flush()
            os.close(1)
        finally:
            os._exit(0)
    os.close(write_fd)
    with open(read_fd, "rb") as pipe:
        received = pipe.read()
    os.waitpid(pid, 0)
    return received
