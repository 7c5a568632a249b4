# diagnosis: wrong-result, hard-coded
# Keeps the first answer in a global: the next pipe has another size.
import os

answer = None


def pipe_capacity(read_fd, write_fd):
    global answer
    if answer is None:
        answer = measure(read_fd, write_fd)
    return answer


def measure(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total = 0
    try:
        while True:
            total += os.write(write_fd, bytes(4096))
    except BlockingIOError:
        pass
    os.set_blocking(write_fd, blocking)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
