"""How do bytes get from one process to another, and how does the reader know when they end?

A pipe is a queue of bytes in the kernel. `os.pipe2` returns two descriptors for it, and `fork`
gives the child a copy of both, so that parent and child can hold opposite ends:

    before fork             after fork              after each closed what it does not use
    parent  read, write     parent  read, write     parent  read
                            child   read, write     child         write

The reader gets end of file when no process holds the write end any more: a forgotten copy,
most often the reader's own, keeps it waiting for ever.

    def greet(pipe):
        pipe.read_end.close()
        write_all(pipe.write_end.fd, b"hello")

    with Pipe() as pipe:
        pid = spawn(greet, pipe)
        pipe.write_end.close()
        message = read_until_eof(pipe.read_end.fd)
        status = reap(pid)

(`spawn` and `reap` are in processes.py.) Read more: man 7 pipe.
"""

import os
import select


class PipeEnd:
    """One end of a pipe. Takes ownership of the descriptor `fd`: close it here and nowhere else."""

    def __init__(self, fd: int, direction: str) -> None:
        self.fd = fd
        self.direction = direction

    def fileno(self) -> int:
        return self.fd

    def close(self) -> None:
        # The kernel gives a closed number to the next open. Forgetting it first means that a
        # late use of this end fails with EBADF and never reaches a stranger's file.
        fd, self.fd = self.fd, -1
        if fd != -1:
            os.close(fd)

    def __repr__(self) -> str:
        return f"<{self.direction} end, {'closed' if self.fd == -1 else f'fd {self.fd}'}>"


class Pipe:
    """A new pipe; this process owns both ends. Leaving `with` closes them, and so does exec.

    Raises OSError (EMFILE, ENFILE) when no two descriptors are free. man 2 pipe.
    """

    def __init__(self) -> None:
        read_fd, write_fd = os.pipe2(os.O_CLOEXEC)
        self.read_end = PipeEnd(read_fd, "read")
        self.write_end = PipeEnd(write_fd, "write")

    def __enter__(self) -> "Pipe":
        return self

    def __exit__(self, *exception: object) -> None:
        self.read_end.close()
        self.write_end.close()


def write_all(fd: int, data: bytes) -> None:
    """Write every byte of `data`, however many writes that takes.

    Waits while the pipe is full, also on a non-blocking end. Raises BrokenPipeError when nobody
    holds the read end any more. man 2 write: "The number of bytes written may be less than count".
    """
    rest = memoryview(data).cast("B")  # slicing a memoryview copies nothing
    while rest:
        try:
            rest = rest[os.write(fd, rest) :]
        except BlockingIOError:
            _wait_for(fd, select.POLLOUT)


def read_until_eof(fd: int) -> bytes:
    """Read until nobody can write any more. Waits, also on a non-blocking end. man 2 read."""
    chunks = []
    while chunk := _read_some(fd, 64 * 1024):
        chunks.append(chunk)
    return b"".join(chunks)


def read_exactly(fd: int, size: int) -> bytes:
    """Read `size` bytes, however many reads that takes. Waits, also on a non-blocking end.

    Raises EOFError when the writers are gone before that. man 2 read: "It is not an error if this
    number is smaller than the number of bytes requested".
    """
    data = bytearray()
    while len(data) < size:
        chunk = _read_some(fd, size - len(data))
        if not chunk:
            raise EOFError(
                f"read_exactly: fd {fd} ended after {len(data)} of {size} bytes: "
                "nobody holds a write end; did the writer die, or send a shorter message?"
            )
        data += chunk
    return bytes(data)


def capacity(read_fd: int, write_fd: int) -> int:
    """How many bytes does this empty pipe accept before somebody reads? Found by writing.

    Leaves the pipe empty, open, and its flags as they were. man 7 pipe, "Pipe capacity".
    """
    accepted = 0
    was_blocking = os.get_blocking(write_fd)
    try:
        # O_NONBLOCK belongs to the open file description: whoever shares this end sees it change.
        os.set_blocking(write_fd, False)
        # The kernel keeps page-sized slots, and a write joins the last one only if it fits.
        # Whole pages leave no gap; a single byte then shows that nothing more is accepted.
        for chunk in (bytes(os.sysconf("SC_PAGE_SIZE")), b"\0"):
            accepted += _write_until_full(write_fd, chunk)
    finally:
        os.set_blocking(write_fd, was_blocking)
    read_exactly(read_fd, accepted)
    return accepted


def _write_until_full(fd: int, chunk: bytes) -> int:
    written = 0
    while True:
        try:
            written += os.write(fd, chunk)
        except BlockingIOError:
            return written


def _read_some(fd: int, size: int) -> bytes:
    while True:
        try:
            return os.read(fd, size)
        except BlockingIOError:
            _wait_for(fd, select.POLLIN)


def _wait_for(fd: int, event: int) -> None:
    poll = select.poll()
    poll.register(fd, event)
    poll.poll()
