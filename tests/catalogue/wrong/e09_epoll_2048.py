# diagnosis: poll-is-not-full
# The same with epoll and half pages.
import os
import select


def pipe_capacity(read_fd, write_fd):
    total = 0
    with select.epoll() as epoll:
        epoll.register(write_fd, select.EPOLLOUT)
        while epoll.poll(0):
            total += os.write(write_fd, b"e" * 2048)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
