# diagnosis: fd-leak
# Opens the pipe again through /proc and keeps it open.
import os


def pipe_capacity(read_fd, write_fd):
    again = os.open(f"/dev/fd/{write_fd}", os.O_WRONLY | os.O_NONBLOCK)
    total = 0
    try:
        while True:
            total += os.write(again, bytes(4096))
    except BlockingIOError:
        pass
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
