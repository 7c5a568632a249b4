# diagnosis: chunk-too-coarse
# os.writev of three parts that add up to 3,300 bytes.
import os


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total = 0
    try:
        while True:
            total += os.writev(write_fd, [bytes(100), bytes(200), bytes(3000)])
    except BlockingIOError:
        pass
    os.set_blocking(write_fd, blocking)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
