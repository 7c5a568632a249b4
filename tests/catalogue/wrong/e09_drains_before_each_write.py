# diagnosis: hang, wrong-result, busy-wait
# Reads each byte back at once, so the pipe is never full.
import os


def pipe_capacity(read_fd, write_fd):
    total = 0
    while True:
        try:
            total += os.write(write_fd, b"x")
            os.read(read_fd, 1)
        except BlockingIOError:
            return total
