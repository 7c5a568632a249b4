# right: an ExitStack restores the flags; large chunks first, then bytes; drained in small reads
import fcntl
import os
from contextlib import ExitStack, suppress


def pipe_capacity(read_fd, write_fd):
    written = 0
    with ExitStack() as stack:
        flags = fcntl.fcntl(write_fd, fcntl.F_GETFL)
        stack.callback(fcntl.fcntl, write_fd, fcntl.F_SETFL, flags)
        fcntl.fcntl(write_fd, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        for size in (65536, 4096, 1):
            with suppress(BlockingIOError):
                while True:
                    written += os.write(write_fd, b"q" * size)
    for start in range(0, written, 64):
        assert len(os.read(read_fd, min(64, written - start))) == min(64, written - start)
    return written
