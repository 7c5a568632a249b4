# diagnosis: hard-coded, wrong-result
# Writes 5,000 bytes and guesses the rest from a table of two sizes.
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total = os.write(write_fd, bytes(5000))
    os.set_blocking(write_fd, blocking)
    os.read(read_fd, total)
    return 4096 if total < 5000 else 65536
