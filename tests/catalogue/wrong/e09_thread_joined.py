# diagnosis: hang, pipe-full-deadlock, wait-before-read
# Joins the thread that is blocked in a write, before anybody reads.
import os
import threading


def pipe_capacity(read_fd, write_fd):
    counts = []

    def write():
        os.set_blocking(write_fd, True)
        while True:
            counts.append(os.write(write_fd, bytes(4096)))

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    return sum(counts)
