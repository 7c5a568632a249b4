"""How does a program talk to the server?

`get` changes nothing, so it may be asked again: when the worker that was to answer dies, another one is
asked. `set` and `delete` may have been done or not when their worker dies, and doing them twice could
undo what somebody else did in between. So they raise, and the caller decides.

    Exception
      ConnectionError            no server at that path; OutcomeUnknown: a set or delete lost its worker
      ServerError                the server understood, and could not do it

Read more: man 7 unix.
"""

from __future__ import annotations

import json
import os
import select
import socket
import time
from typing import Any

from . import protocol

_RETRY_FOR = 5.0  # seconds, for a get whose workers die one after the other
_PORTION = 65536


class OutcomeUnknown(ConnectionError):
    """The connection was lost while the server had the request: it was carried out, or not."""


class ServerError(RuntimeError):
    """The server answered with an error; its sentence."""


class Client:
    """One connection to the server at `socket_path`, made with the first call. For one thread.

    `timeout`: seconds to wait for the server, each time. Raises ConnectionError when no server answers there,
    TimeoutError when it takes longer, TypeError for anything but bytes, ServerError, OutcomeUnknown.
    """

    def __init__(self, socket_path: str | os.PathLike[str], timeout: float = 10.0) -> None:
        self.socket_path = os.fspath(socket_path)
        self._timeout = timeout
        self._connection: socket.socket | None = None
        self._received = bytearray()

    def get(self, key: bytes) -> bytes | None:
        """The value of `key`; None when there is none."""
        code, body = self._ask_again(protocol.GET, _checked(key, "a key"))
        return body if code == protocol.VALUE else None

    def set(self, key: bytes, value: bytes) -> None:
        """Once it has returned nobody gets an older value. Raises OutcomeUnknown."""
        body = protocol.set_body(_checked(key, "a key"), _checked(value, "a value"))
        self._ask_once(protocol.SET, body)

    def delete(self, key: bytes) -> None:
        """Whether it was there or not. Raises OutcomeUnknown."""
        self._ask_once(protocol.DELETE, _checked(key, "a key"))

    def stats(self) -> dict[str, Any]:
        """Counters of all workers together, and their process ids."""
        answer: dict[str, Any] = json.loads(self._ask_again(protocol.STATS, b"")[1])
        return answer

    def close(self) -> None:
        connection, self._connection = self._connection, None
        self._received.clear()
        if connection is not None:
            connection.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _ask_again(self, code: int, body: bytes) -> tuple[int, bytes]:
        """For what changes nothing: ask until somebody answers."""
        deadline = time.monotonic() + min(_RETRY_FOR, self._timeout)
        while True:
            self._connect()
            try:
                return self._answer(protocol.message(code, body))
            except ConnectionError:
                if time.monotonic() > deadline:
                    raise

    def _ask_once(self, code: int, body: bytes) -> None:
        request = protocol.message(code, body)
        if self._connection is not None and self._has_ended():
            self.close()  # its worker was killed before it could see the request
        self._connect()
        try:
            self._answer(request)
        except ConnectionError as error:
            raise OutcomeUnknown(
                f"the worker behind {self.socket_path} died ({error}): what was asked may have been done "
                "or not. Get the key to see, and repeat the call if that does no harm"
            ) from None

    def _has_ended(self) -> bool:
        """Nothing is due on an idle connection: what can be read is its end."""
        poll = select.poll()
        poll.register(self._connection, select.POLLIN)  # type: ignore[arg-type]
        return bool(poll.poll(0))

    def _connect(self) -> None:
        if self._connection is not None:
            return
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            connection.settimeout(self._timeout)
            connection.connect(self.socket_path)
        except (FileNotFoundError, ConnectionRefusedError) as error:
            connection.close()
            raise ConnectionError(
                f"no server answers at {self.socket_path} ({error.strerror}): is "
                "`ipclab database serve` running, with this --socket or for this database?"
            ) from None
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def _answer(self, request: bytes) -> tuple[int, bytes]:
        """Raises ConnectionError when the connection ends before the answer, ServerError."""
        assert self._connection is not None
        try:
            self._connection.sendall(request)
            while (answer := protocol.take(self._received)) is None:
                portion = self._connection.recv(_PORTION)
                if not portion:
                    raise ConnectionResetError("the connection ended")
                self._received += portion
        except BaseException:
            self.close()  # an answer that comes later would be taken for the next one's
            raise
        if answer[0] == protocol.ERROR:
            raise ServerError(answer[1].decode(errors="replace"))
        return answer


def _checked(data: bytes, what: str) -> bytes:
    if not isinstance(data, bytes):
        raise TypeError(f"{what} is bytes, not {type(data).__name__}: {data!r:.40}; try .encode()")
    return data
