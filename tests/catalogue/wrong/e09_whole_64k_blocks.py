# diagnosis: chunk-too-coarse, wrong-result, data-left-in-pipe
# Counts whole blocks of 65,536 bytes only.
import os


def pipe_capacity(read_fd, write_fd):
    modes = os.get_blocking(read_fd), os.get_blocking(write_fd)
    os.set_blocking(read_fd, False)
    os.set_blocking(write_fd, False)
    blocks = 0
    try:
        while os.write(write_fd, bytes(65536)) == 65536:
            blocks += 1
    except BlockingIOError:
        pass
    try:
        while os.read(read_fd, 65536):
            pass
    except BlockingIOError:
        pass
    os.set_blocking(read_fd, modes[0])
    os.set_blocking(write_fd, modes[1])
    return blocks * 65536
