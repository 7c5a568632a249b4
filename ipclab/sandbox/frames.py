"""How are messages told apart on a stream socket?

Each goes as its length (8 bytes, little-endian) and its bytes. The reader never waits for the end
of the stream: an orphan that kept the socket open would make it wait for ever.
"""

from __future__ import annotations

import socket
import struct
import time

HEADER = struct.Struct("<Q")
AGAIN, NEVER_AGAIN = b"+", b"-"  # before an answer: may its supervisor be asked again?
SUPERVISOR = b"s"  # what the helper sends along with a socket to a new supervisor
LIMIT = 256 << 20  # bytes; a larger length is a mistake or an attack


class FrameError(ConnectionError):
    """The other side closed the socket in mid-message, was too slow, or sent nonsense."""


def send(sock: socket.socket, payload: bytes) -> None:
    sock.sendall(HEADER.pack(len(payload)))
    sock.sendall(payload)


def receive(sock: socket.socket, timeout: float | None = None) -> bytes:
    """One message. Raises FrameError when it does not come whole within `timeout` seconds."""
    give_up = None if timeout is None else time.monotonic() + timeout
    (size,) = HEADER.unpack(_receive_exactly(sock, HEADER.size, give_up))
    return _receive_exactly(sock, checked(size), give_up)


def checked(size: int) -> int:
    if size > LIMIT:
        raise FrameError(f"a message of {size:,} bytes; the limit is {LIMIT:,}")
    return size


def _receive_exactly(sock: socket.socket, size: int, give_up: float | None) -> bytes:
    buffer = bytearray(size)
    view, got = memoryview(buffer), 0
    while got < size:
        sock.settimeout(None if give_up is None else max(0.001, give_up - time.monotonic()))
        try:
            count = sock.recv_into(view[got:])
        except TimeoutError:
            raise FrameError(f"only {got} of {size} bytes came in time") from None
        except ConnectionResetError:
            count = 0
        if count == 0:
            raise FrameError(f"the other side closed after {got} of {size} bytes")
        got += count
    return bytes(buffer)
