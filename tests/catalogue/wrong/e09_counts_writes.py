# diagnosis: wrong-result
# Counts the writes, not the bytes.
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total = 0
    try:
        while True:
            os.write(write_fd, bytes(4096))
            total += 1
    except BlockingIOError:
        pass
    os.set_blocking(write_fd, blocking)
    for _ in range(total):
        os.read(read_fd, 4096)
    return total
