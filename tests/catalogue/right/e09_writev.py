# right: gathers many pages into one os.writev, then single bytes, and scatters them back with os.readv
import os


def fill(write_fd):
    pages = [bytearray(4096)] * 64
    for vector in (pages, [b"."]):
        while True:
            try:
                yield os.writev(write_fd, vector)
            except BlockingIOError:
                break


def pipe_capacity(read_fd, write_fd):
    before = os.get_blocking(write_fd)
    os.set_blocking(write_fd, False)
    total = sum(fill(write_fd))
    os.set_blocking(write_fd, before)
    sink, left = bytearray(1 << 16), total
    while left:
        left -= os.readv(read_fd, [memoryview(sink)[: min(left, len(sink))]])
    return total
