# diagnosis: wrong-result, hard-coded
# Asks fstat, whose st_blksize is a page.
import os


def pipe_capacity(read_fd, write_fd):
    return os.fstat(write_fd).st_blksize
