# right: counts the bytes that come out, not those that went in
import os


def pipe_capacity(read_fd, write_fd):
    modes = os.get_blocking(read_fd), os.get_blocking(write_fd)
    os.set_blocking(read_fd, False)
    os.set_blocking(write_fd, False)
    try:
        while True:
            os.write(write_fd, b"." * 128)
    except BlockingIOError:
        pass
    came_out = 0
    try:
        while True:
            came_out += len(os.read(read_fd, 777))
    except BlockingIOError:
        pass
    os.set_blocking(read_fd, modes[0])
    os.set_blocking(write_fd, modes[1])
    return came_out
