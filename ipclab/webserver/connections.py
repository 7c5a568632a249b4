"""What does one connection need: bytes in, answers out, and an end, whatever the client does?

    reading   bytes come in, the reader finds requests, the answers to all of them leave in one write
    writing   the client takes its answers too slowly: nothing more is read until they are gone
    lingering the last answer is out, and so is our end of file. What still comes is thrown away: closing
              now would make the kernel answer it with a reset, which deletes the answer at the client

Each state has a time limit, so that nobody holds a connection by being slow.

Read more: man 7 tcp; RFC 9112, 9.6 (tear-down).
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable

from .answers import CONTINUE
from .requests import Request, RequestReader

RECEIVE_SIZE = 16384  # bytes; so many requests sent ahead are answered together
IDLE_TIMEOUT = 60.0  # seconds between requests
REQUEST_TIMEOUT = 10.0  # seconds from a request's first byte to its last
WRITE_TIMEOUT = 10.0  # seconds in which a client takes something of its answers
LINGER_TIMEOUT = 2.0  # seconds for the client's end of file after ours

READING, WRITING, LINGERING, CLOSED = "reading", "writing", "lingering", "closed"
Respond = Callable[[list[Request]], bytes]


class Connection:
    """One client. `events` is what the worker shall wait for."""

    __slots__ = ("deadline", "fd", "idle", "last", "reader", "socket", "state", "unsent")

    def __init__(self, client: socket.socket) -> None:
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = client
        self.fd = client.fileno()
        self.reader = RequestReader()
        self.unsent = b""
        self.state = READING
        self.last = False  # after what is unsent, the connection ends
        self.idle = True  # no request has begun
        self._wait(REQUEST_TIMEOUT)

    @property
    def events(self) -> int:
        return select.EPOLLOUT if self.state is WRITING else select.EPOLLIN

    def on_readable(self, respond: Respond) -> None:
        """Take what has come, and answer what is complete."""
        try:
            data = self.socket.recv(RECEIVE_SIZE)
        except BlockingIOError:
            return
        except OSError:  # reset by the client
            self.close()
            return
        if not data:
            self.close()
        elif self.state is READING:
            self._take(data, respond)

    def _take(self, data: bytes, respond: Respond) -> None:
        reader = self.reader
        requests = reader.feed(data)
        self.last = self.last or reader.broken
        answer = respond(requests) if requests else b""
        if requests or (self.idle and not reader.idle):  # a request's later bytes gain no time
            self._wait(IDLE_TIMEOUT if reader.idle else REQUEST_TIMEOUT)
        self.idle = reader.idle
        if reader.wants_continue:
            reader.wants_continue = False
            answer += CONTINUE
        if answer:
            self.send(answer)

    def send(self, data: bytes) -> None:
        """Send what the kernel takes now; the rest when there is room."""
        try:
            sent = self.socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:  # the client has gone
            self.close()
            return
        if sent < len(data):
            self.unsent = data[sent:]
            self.state = WRITING
            self._wait(WRITE_TIMEOUT)
        elif self.last:
            self._linger()
        else:
            self.unsent = b""
            self.state = READING

    def on_writable(self) -> None:
        self.send(self.unsent)

    def on_timeout(self, refusal: bytes) -> None:
        """Its time is over; a request that was begun gets `refusal` as its answer."""
        if self.state is READING and not self.idle:
            self.last = True
            self.send(refusal)
        else:
            self.close()

    def finish(self, respond: Respond) -> None:
        """The worker is to end: this connection ends with the requests that have come, if any."""
        if self.state is READING:
            self.on_readable(respond)
        self.last = True
        if self.state is READING and self.idle:
            self.close()

    def close(self) -> None:
        self.state = CLOSED
        self.socket.close()

    def _linger(self) -> None:
        self.state = LINGERING
        self._wait(LINGER_TIMEOUT)
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:  # reset by the client
            self.close()

    def _wait(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds
