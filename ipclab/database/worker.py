"""How does one process serve many clients, none of which may keep the others waiting?

It waits for all of them at once (epoll), and does for each what can be done without waiting. Only the store
may take its time. New clients come over a channel from the supervisor, as descriptors (SCM_RIGHTS). The channel's
end of file says that it is time to end: the worker answers what has arrived, and no more. It sees the end only
because nobody else holds the supervisor's end of the channel open.

Read more: man 7 epoll; man 7 unix, SCM_RIGHTS.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sqlite3
import time
from collections.abc import Callable
from typing import Protocol

from . import protocol
from .connection import Connection
from .layout import COUNTERS
from .locks import Abandoned

_PR_SET_PDEATHSIG = 1
_DRAIN = 2.0  # seconds for clients to fetch their last answers
_REQUESTS, _CLOSED = COUNTERS.index("requests"), COUNTERS.index("closed")


def die_with(parent: int) -> None:
    """From now on this process is killed when its parent ends. man 2 prctl, PR_SET_PDEATHSIG.

    Whoever waits for the store or for a lock does not look whether its channel has ended.
    """
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it has ended already
        os._exit(1)


class Pairs(Protocol):
    """What the server answers from; see coherent.py."""

    def get(self, key: bytes) -> bytes | None: ...
    def set(self, key: bytes, value: bytes) -> None: ...
    def delete(self, key: bytes) -> None: ...


class Worker:
    """Serves the clients that come over `channel` from `pairs`. `row`: its counters in shared memory."""

    def __init__(
        self,
        channel: socket.socket,
        pairs: Pairs,
        row: memoryview,
        stats: Callable[[], dict[str, object]],
        publish: Callable[[], None],
    ) -> None:
        self._channel, self._pairs, self._row = channel, pairs, row
        self._stats, self._publish = stats, publish
        self._connections: dict[int, Connection] = {}
        self._epoll = select.epoll()

    def run(self) -> None:
        """Serve until the channel ends. Raises Abandoned."""
        channel = self._channel.fileno()
        self._epoll.register(channel, select.EPOLLIN)
        draining = False
        while not draining:
            for fd, _ in self._epoll.poll():
                if fd == channel:
                    draining = not self._take_clients()
                else:
                    self._serve(fd)
            self._publish()
        self._drain()

    def _take_clients(self) -> bool:
        """False at the end of file."""
        data, descriptors, _, _ = socket.recv_fds(self._channel, 1, 1)
        for fd in descriptors:
            client = socket.socket(fileno=fd)
            client.setblocking(False)
            self._connections[fd] = Connection(client, self._answer)
            self._epoll.register(fd, select.EPOLLIN)
        return bool(data)

    def _serve(self, fd: int) -> None:
        connection = self._connections[fd]
        waited = connection.waits_to_send
        if not connection.serve():
            self._close(fd)
        elif connection.waits_to_send != waited:
            self._epoll.modify(fd, select.EPOLLIN if waited else select.EPOLLOUT)

    def _close(self, fd: int) -> None:
        # Closing alone would not do: epoll goes on while the supervisor has the socket open, too.
        self._epoll.unregister(fd)
        self._connections.pop(fd).close()
        self._row[_CLOSED] += 1

    def _drain(self) -> None:
        """Answer what has arrived, and wait for those who fetch their answers."""
        self._epoll.unregister(self._channel)
        for fd in list(self._connections):
            self._serve(fd)
        deadline = time.monotonic() + _DRAIN
        while True:
            for fd in [fd for fd, each in self._connections.items() if not each.waits_to_send]:
                self._close(fd)
            left = deadline - time.monotonic()
            if not self._connections or left <= 0:
                break
            for fd, _ in self._epoll.poll(left):
                self._serve(fd)

    def _answer(self, code: int, body: bytes) -> bytes:
        """Raises Malformed, Abandoned."""
        self._row[_REQUESTS] += 1
        try:
            return self._carried_out(code, body)
        except (protocol.Malformed, Abandoned):
            raise
        except sqlite3.Error as error:
            return protocol.message(protocol.ERROR, f"the store failed: {error}".encode())
        except Exception as error:  # of the functions that a learner has put in
            text = f"{type(error).__name__}: {error}"[:1000]
            return protocol.message(protocol.ERROR, text.encode(errors="replace"))

    def _carried_out(self, code: int, body: bytes) -> bytes:
        if code == protocol.GET:
            value = self._pairs.get(body)
            if value is None:
                return protocol.message(protocol.NOTHING)
            return protocol.message(protocol.VALUE, value)
        if code == protocol.SET:
            self._pairs.set(*protocol.key_and_value(body))
        elif code == protocol.DELETE:
            self._pairs.delete(body)
        elif code == protocol.STATS and not body:
            self._publish()
            return protocol.message(protocol.STATISTICS, json.dumps(self._stats()).encode())
        else:
            raise protocol.Malformed(f"no request: code {bytes([code])!r}, {len(body):,} bytes")
        return protocol.message(protocol.DONE)
