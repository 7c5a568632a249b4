# diagnosis: orphan-left, data-left-in-pipe, wrong-result, hang
# Leaves its daemon thread blocked in the write; as soon as the pipe is drained it fills it again.
import os
import threading
import time


def write_for_ever(fd, counts):
    while True:
        counts.append(os.write(fd, bytes(4096)))


def pipe_capacity(read_fd, write_fd):
    os.set_blocking(write_fd, True)
    counts = []
    threading.Thread(target=write_for_ever, args=(write_fd, counts), daemon=True).start()
    time.sleep(0.2)
    total = sum(counts)
    left = total
    while left:
        left -= len(os.read(read_fd, left))
    return total
