# right: opens the pipe a second time through /proc/self/fd, so that no flag of the caller is ever changed
import os


def pipe_capacity(read_fd, write_fd):
    own_write = os.open(f"/proc/self/fd/{write_fd}", os.O_WRONLY | os.O_NONBLOCK)
    own_read = os.open(f"/proc/self/fd/{read_fd}", os.O_RDONLY | os.O_NONBLOCK)
    try:
        capacity = 0
        try:
            while True:
                capacity += os.write(own_write, b"a" * 2048)
        except BlockingIOError:
            pass
        try:
            while os.read(own_read, 1 << 16):
                pass
        except BlockingIOError:
            pass
        return capacity
    finally:
        os.close(own_read)
        os.close(own_write)
