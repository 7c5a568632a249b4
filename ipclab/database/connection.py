"""What does the server remember of one client?

What came in and is not a whole message yet, and what is to go out and did not fit into the socket's buffer.
While something waits to go out nothing more is read from this client: who does not fetch answers is not
asked for further questions, and takes no memory and no time of the others.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

from . import protocol

_PORTION = (
    65536  # bytes that are read at once, and so the requests before the next client has its turn
)
_ENOUGH = 262_144  # bytes of answers that are sent at once


class Connection:
    """One client's socket, which must not block. Takes ownership of it."""

    def __init__(self, client: socket.socket, answer: Callable[[int, bytes], bytes]) -> None:
        self.client = client
        self._answer = answer
        self._received = bytearray()
        self._unsent = b""
        self._last = False  # nothing more will be read

    @property
    def waits_to_send(self) -> bool:
        return bool(self._unsent)

    def serve(self) -> bool:
        """Do what can be done without waiting. False: it is over, and to be closed."""
        try:
            if self._unsent:
                self._send(self._unsent)
            elif not self._last:
                self._read()
            self._answer_received()
        except OSError:  # the client is gone
            self._last, self._unsent = True, b""
        return bool(self._unsent) or not self._last

    def close(self) -> None:
        self.client.close()

    def _read(self) -> None:
        try:
            portion = self.client.recv(_PORTION)
        except BlockingIOError:
            return
        self._last = not portion
        self._received += portion

    def _answer_received(self) -> None:
        while self._received and not self._unsent:
            answers, size = [], 0
            try:
                while size < _ENOUGH and (request := protocol.take(self._received)):
                    answers.append(self._answer(*request))
                    size += len(answers[-1])
            except protocol.Malformed as error:
                answers.append(protocol.message(protocol.ERROR, str(error).encode()))
                self._last = True
                self._received.clear()
            if not answers:
                return
            self._send(b"".join(answers))

    def _send(self, data: bytes) -> None:
        try:
            self._unsent = data[self.client.send(data) :]
        except BlockingIOError:
            self._unsent = data
