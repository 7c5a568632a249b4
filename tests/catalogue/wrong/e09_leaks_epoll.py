# diagnosis: fd-leak
# Never closes its epoll object (kept in a global).
import os
import select

pollers = []


def pipe_capacity(read_fd, write_fd):
    poller = select.epoll()
    pollers.append(poller)
    poller.register(write_fd, select.EPOLLOUT)
    total = 0
    while poller.poll(0):
        total += os.write(write_fd, bytes(4096))
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
