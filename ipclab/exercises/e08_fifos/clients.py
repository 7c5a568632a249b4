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
        rest = memoryview(data)

        def try_to_write() -> bool:
            nonlocal rest
            with contextlib.suppress(BlockingIOError):
                while rest:
                    rest = rest[_write(self.fd, rest) :]
            return not rest

        try:
            return self.is_open and await_all([self._server], try_to_write)
        except BrokenPipeError:
            return False

    def waiting(self) -> int:
        """Bytes in the FIFO that nobody has read. man 2 ioctl_pipe, FIONREAD."""
        held: int = struct.unpack("i", fcntl.ioctl(self.fd, termios.FIONREAD, bytes(4)))[0]
        return held

    def await_read(self) -> bool:
        """Until the server has taken everything, and sleeps."""
        taken = self.is_open and await_all([self._server], lambda: self.waiting() == 0)
        self._server.settle()
        return taken

    def close(self) -> None:
        if self.is_open:
            os.close(self.fd)
        self.fd = -1


def send(path: str, server: Player, *pieces: bytes) -> None:
    """One client that comes, writes these pieces, and goes."""
    client = Client(path, server)
    for piece in pieces:
        if not client.write(piece):
            break
    client.close()
