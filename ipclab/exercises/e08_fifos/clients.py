"""Clients of the harness, all in the scenario's own process: they come, write, go, and never wait."""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import termios

from .stage import Player, await_all

_write = os.write


class Client:
    """A client of the harness: it has the FIFO open for writing, and never waits."""

    def __init__(self, path: str, server: Player) -> None:
        """Open it as soon as somebody reads. `is_open` is False when nobody came to read."""
        self.fd, self._server = -1, server
        self.written = 0  # bytes
        await_all([server], lambda: self._try_to_open(path))

    def _try_to_open(self, path: str) -> bool:
        with contextlib.suppress(OSError):
            self.fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        return self.is_open

    @property
    def is_open(self) -> bool:
        return self.fd != -1

    def write(self, data: bytes) -> bool:
        """Write all, as the server makes room. False when nobody reads any more, or time is up."""
        end = self.written + len(data)

        def try_to_write() -> bool:
            with contextlib.suppress(BlockingIOError):
                while rest := data[len(data) - (end - self.written) :]:
                    self.written += _write(self.fd, rest)
            return self.written == end

        try:
            return self.is_open and await_all([self._server], try_to_write)
        except BrokenPipeError:
            return False

    def await_read(self) -> bool:
        """Until the server has taken everything, and sleeps."""
        taken = self.is_open and await_all([self._server], lambda: unread(self.fd) == 0)
        self._server.settle()
        return taken

    def close(self) -> None:
        if self.is_open:
            os.close(self.fd)
        self.fd = -1


def unread(fd: int) -> int:
    """Bytes in the FIFO that nobody has read. man 2 ioctl_pipe, FIONREAD."""
    held: int = struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, bytes(4)))[0]
    return held


def send(path: str, server: Player, data: bytes = b"") -> bool:
    """One client that comes, writes, and goes. False when it could not write all."""
    client = Client(path, server)
    has_written = client.write(data)
    client.close()
    return has_written
