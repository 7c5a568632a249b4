# diagnosis: hard-coded
# Computes the default, sixteen pages, without asking this pipe.
import os


def pipe_capacity(read_fd, write_fd):
    return 16 * os.sysconf("SC_PAGESIZE")
