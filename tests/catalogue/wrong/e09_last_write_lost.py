# diagnosis: wrong-result
# A short write ends the loop before it is counted.
import os


def pipe_capacity(read_fd, write_fd):
    was = os.get_blocking(read_fd), os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    os.set_blocking(read_fd, False)
    total = 0
    while True:
        n = os.write(write_fd, bytes(100_000))
        if n < 100_000:
            break
        total += n
    try:
        while os.read(read_fd, 65536):
            pass
    except BlockingIOError:
        pass
    os.set_blocking(read_fd, was[0])
    os.set_blocking(write_fd, was[1])
    return total
