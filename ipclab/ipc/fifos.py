"""How do two programs meet that have no parent in common?

A FIFO is a pipe with a name. `os.mkfifo` makes the name, in a directory like that of any file, and
whoever may open it gets one end of the same pipe: `O_RDONLY` the read end, `O_WRONLY` the write end.

    server                              clients, one after the other or several at once
    mkfifo, open for reading
    line  <---------------------------  open for writing, "hello", close
    line  <---------------------------  open for writing, "again", close
    unlink, close

Four rules make the difference to a pipe. An open waits for the other end: a reader for a writer, a
writer for a reader. End of file comes whenever the last writer leaves, though the next may be on
its way. The bytes live in the kernel, and those that are unread when nobody has the FIFO open any
more are lost. And the name stays until somebody unlinks it.

    serve_lines("/tmp/hello", print, count=2)                 in one program
    send_line("/tmp/hello", b"hello")                         in another one

Read more: man 7 fifo, man 3 mkfifo.
"""

import os
import stat
import time
from collections.abc import Callable

from ipclab.ipc.pipes import write_all

_PATIENCE = 1.0  # seconds that a client waits for a FIFO that is not there yet
_LOOK_EVERY = 0.01  # seconds


def serve_lines(path: str, handle: Callable[[bytes], None], count: int) -> None:
    """Make a FIFO, call `handle(line)` for each of the first `count` lines from it, remove it.

    A line comes as it was sent, without its newline. What follows the last one is dropped. An
    exception of `handle` ends the service. Nobody but this user may open the FIFO.

    Raises FileExistsError when something else than a FIFO has this name. man 7 fifo.
    """
    if count == 0:
        return
    fd = _open_new(path)
    try:
        _handle_lines(fd, handle, count)
    finally:
        # First the name, then the descriptor. A client that came in between the other way round
        # would find a name without a reader, and wait for ever.
        _remove(path)
        os.close(fd)


def send_line(path: str, line: bytes) -> None:
    """Send one line to the server of this FIFO; wait for the server if it does not read yet.

    Lines of many clients do not mix, because one write of at most PIPE_BUF bytes is never split.

    Raises ValueError for a line that is longer than that, newline included; FileNotFoundError when
    there is no FIFO, a second long; BrokenPipeError when the server has what it wanted.
    man 7 pipe, "PIPE_BUF".
    """
    fd = _open_when_there(path)
    try:
        limit = os.fpathconf(fd, "PC_PIPE_BUF")
        if len(line) + 1 > limit:
            raise ValueError(
                f"send_line: {len(line):,} bytes and a newline are more than the {limit:,} that a "
                "FIFO keeps in one piece; send a shorter line"
            )
        write_all(fd, line + b"\n")
    finally:
        os.close(fd)


def _open_new(path: str) -> int:
    """A descriptor for a FIFO of this name, which is there from now on."""
    try:
        os.mkfifo(path, 0o600)  # the umask can only take bits away
    except FileExistsError:
        # One that a crash has left can be used as well as a new one.
        if not stat.S_ISFIFO(os.lstat(path).st_mode):
            raise
    try:
        # For reading and writing: this open waits for nobody (so on Linux), and as long as the
        # server itself could write there is no end of file, whichever client leaves.
        return os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        _remove(path)
        raise


def _handle_lines(fd: int, handle: Callable[[bytes], None], count: int) -> None:
    """Read until `count` lines are complete. One read may end anywhere in a line."""
    unfinished = b""
    while True:
        *lines, unfinished = (unfinished + os.read(fd, 64 * 1024)).split(b"\n")
        for line in lines[:count]:
            handle(line)
        count -= len(lines)
        if count <= 0:
            return


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return


def _open_when_there(path: str) -> int:
    """Open the write end; the open itself waits for a reader, but not for the name."""
    give_up = time.monotonic() + _PATIENCE
    while True:
        try:
            return os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            if time.monotonic() > give_up:
                raise
            time.sleep(_LOOK_EVERY)
