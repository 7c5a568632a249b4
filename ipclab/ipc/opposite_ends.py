"""How do two processes come to hold opposite ends of one pipe?

A pipe has no name to open. Who wants one of its descriptors must inherit it: the parent makes the
pipe, `fork` copies the descriptor table, and each process then closes what it does not use.

    the parent makes the pipe     fork copies the table     each closes one end
    parent  read, write           parent  read, write       parent  read
                                  child   read, write       child         write

The order in the parent matters. It closes its write end, or end of file would never come. It reads
to the end before it reaps: a child with more to say than the pipe holds cannot end earlier.

    received = opposite_ends(b"hello")

Read more: man 2 pipe, man 2 fork, man 2 waitpid; man 7 pipe.
"""

import os
from typing import NoReturn

from ipclab.ipc.pipes import Pipe, read_until_eof, write_all
from ipclab.ipc.processes import reap


def opposite_ends(message: bytes) -> bytes:
    """Let a child send `message` through a pipe; return what was read until end of file.

    A child that dies early ends the message early. Raises OSError when there is no room for
    another process or two more descriptors. man 7 pipe.
    """
    with Pipe() as pipe:
        pid = os.fork()
        if pid == 0:
            _send_and_leave(pipe, message)
        try:
            pipe.write_end.close()
            return read_until_eof(pipe.read_end.fd)
        finally:
            # In this order: should reading fail, a child that still writes gets EPIPE, and ends.
            pipe.read_end.close()
            reap(pid)


def _send_and_leave(pipe: Pipe, message: bytes) -> NoReturn:
    """The child's part. It never returns: the lines that called `opposite_ends` are the parent's."""
    status = 1
    try:
        pipe.read_end.close()
        write_all(pipe.write_end.fd, message)
        status = 0
    finally:
        os._exit(status)
