# diagnosis: poll-is-not-full
# The same with poll and sectors of 512 bytes.
import os
import select


def pipe_capacity(read_fd, write_fd):
    poller = select.poll()
    poller.register(write_fd, select.POLLOUT)
    total = 0
    while poller.poll(0):
        total += os.write(write_fd, bytes(512))
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
