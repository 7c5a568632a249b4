# right: never changes a flag: a page is written only when poll promises a free slot for it
import os
import select


def pipe_capacity(read_fd, write_fd):
    page = os.sysconf("SC_PAGE_SIZE")
    room = select.poll()
    room.register(write_fd, select.POLLOUT)
    pages = 0
    while room.poll(0):
        assert os.write(write_fd, bytes(page)) == page
        pages += 1
    for _ in range(pages):
        left = page
        while left:
            left -= len(os.read(read_fd, left))
    return pages * page
