"""What does one worker do, from its first request to its last?

It waits, in one call (epoll), for whatever comes first: a client that wants to connect, bytes on one of
its connections, a wake-up because of a new configuration, and the end of the server. The last comes through a
pipe, the lifeline, whose write end the server alone holds. A byte in it, which nobody reads, tells all workers to
finish; its end of file tells them that the server was killed.

A worker that waited in `recv` for one client would leave all others waiting, too.

Read more: man 7 epoll; man 2 accept.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import time
import traceback
from collections.abc import Callable

from .answers import Answers
from .config import Config
from .connections import CLOSED, Connection
from .following import follow
from .learners import Functions
from .requests import Request
from .shared import CONNECTIONS, PID, REQUESTS, STARTED, TAKEN_UP, VERSION, Shared
from .wakeups import Waiting

SWEEP = 1.0  # seconds between two looks at the time limits
PATIENCE = 0.002  # seconds in which another worker may take a client, or let one go
GRACE = 5.0  # seconds for requests that have begun when the server ends
LOG_CHANGES, LOG_REQUESTS = 1, 2  # the verbosity from which they are logged
_OUT_OF_DESCRIPTORS = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class Worker:
    """One worker process; `run` returns when the server ends."""

    def __init__(
        self,
        shared: Shared,
        number: int,
        listener: socket.socket,
        wakeup: socket.socket,
        lifeline: int,
    ) -> None:
        self._shared, self._number = shared, number
        self._listener, self._wakeup, self._lifeline = listener, wakeup, lifeline
        self._rows = list(shared.rows())
        self._row = self._rows[number]
        self._waiting = Waiting(wakeup)
        self._answers = Answers()
        self._connections: dict[int, Connection] = {}
        self._requests = 0
        self._listening = True
        self._patient_until: float | None = None  # the client that waits is left to another worker
        self._ends_at: float | None = None  # set when the server ends

    def run(self, functions: Functions | None, on_ready: Callable[[], object]) -> None:
        self._row[REQUESTS] = self._row[CONNECTIONS] = 0
        self._row[STARTED] = time.monotonic_ns()
        self._follower = follow(self._shared, functions, self._on_new)
        self._row[PID] = os.getpid()
        self._epoll = select.epoll()
        for fd in (self._listener.fileno(), self._wakeup.fileno(), self._lifeline):
            self._epoll.register(fd, select.EPOLLIN)
        on_ready()
        swept = time.monotonic()
        while self._ends_at is None or self._connections:
            self._handle(self._epoll.poll(SWEEP))
            if (now := time.monotonic()) - swept >= SWEEP:
                swept = now
                self._sweep(now)
        self._follower.stop()

    def _handle(self, events: list[tuple[int, int]]) -> None:
        self._answers.new_batch()
        others = {}
        for fd, event in events:
            connection = self._connections.get(fd)
            if connection is None:
                others[fd] = event
                continue
            before = connection.state
            if event & select.EPOLLOUT:
                connection.on_writable()
            else:
                connection.on_readable(self._respond)
            if connection.state is not before:
                self._changed(connection)
        self._row[REQUESTS] = self._requests
        self._handle_others(others)

    def _handle_others(self, events: dict[int, int]) -> None:
        if self._wakeup.fileno() in events:
            self._waiting.receive()
            self._follower.latest()
            self._waiting.answer(self._row[VERSION])
        if self._listener.fileno() in events:
            self._on_client()
        else:
            self._patient_until = None
        if event := events.get(self._lifeline):
            self._end(GRACE if event & select.EPOLLIN and not event & select.EPOLLHUP else 0.0)

    def _respond(self, requests: list[Request]) -> bytes:
        self._requests += len(requests)
        try:
            config = self._follower.current()
            if config.verbosity >= LOG_REQUESTS:
                for each in requests:
                    self._log(f"{each.method.decode('latin-1')} {each.target.decode('latin-1')!a}")
            if len(requests) == 1:
                return self._answers.to(requests[0], config)
            return b"".join(self._answers.to(each, config) for each in requests)
        except Exception:  # a learner's function may raise, or return, anything
            traceback.print_exc()
            return b"".join(self._answers.refusal(500, each) for each in requests)

    def _on_new(self, config: Config) -> None:
        self._row[VERSION] = config.version
        self._row[TAKEN_UP] = time.monotonic_ns()
        if config.verbosity >= LOG_CHANGES and self._row[PID]:
            self._log(f"version {config.version}")
        self._waiting.answer(config.version)

    def _on_client(self) -> None:
        """A client waits, and every worker knows. For a moment it is left to one with fewer connections; and if there
        are too many, one that ends just now may be counted still."""
        counts = [row[CONNECTIONS] for row in self._rows if row[PID]]
        has_most = len(self._connections) > min(counts)
        if not has_most and sum(counts) < self._follower.latest().max_connections:
            self._accept()
            return
        now = time.monotonic()
        if self._patient_until is None:
            self._patient_until = now + PATIENCE
        if now < self._patient_until:
            os.sched_yield()  # if the other one is on this processor
        else:
            self._accept()

    def _accept(self) -> bool:
        """Take one client; False when there is none, or no descriptor for it."""
        try:
            client, _ = self._listener.accept()
        except BlockingIOError:  # another worker was faster
            return False
        except OSError as error:
            if error.errno in _OUT_OF_DESCRIPTORS:
                self._listen(False)
            return False
        connection = Connection(client)
        everywhere = sum(row[CONNECTIONS] for row in self._rows)
        self._connections[connection.fd] = connection
        self._row[CONNECTIONS] = len(self._connections)
        self._epoll.register(connection.fd, select.EPOLLIN)
        if everywhere >= self._follower.latest().max_connections:
            connection.last = True
            connection.send(self._answers.refusal(503))
            self._changed(connection)
        return True

    def _changed(self, connection: Connection) -> None:
        """A connection waits for something else now, or is closed (and so gone from the epoll set)."""
        if connection.state is not CLOSED:
            self._epoll.modify(connection.fd, connection.events)
        elif self._connections.pop(connection.fd, None):
            self._row[CONNECTIONS] = len(self._connections)
            self._listen(True)

    def _listen(self, listening: bool) -> None:
        """Wait for clients, or leave them waiting until there are descriptors again."""
        if listening is not self._listening and self._listener.fileno() != -1:
            self._listening = listening
            self._epoll.modify(self._listener.fileno(), select.EPOLLIN if listening else 0)

    def _sweep(self, now: float) -> None:
        self._answers.new_batch()
        self._follower.latest()
        self._listen(True)
        for connection in list(self._connections.values()):
            if now > connection.deadline:
                connection.on_timeout(self._answers.refusal(408))
                self._changed(connection)
        if self._ends_at is not None and now > self._ends_at:
            for connection in list(self._connections.values()):
                connection.close()
                self._changed(connection)

    def _end(self, grace: float) -> None:
        """No new clients; those who are here get what they have asked for, within `grace` seconds."""
        self._ends_at = time.monotonic() + grace
        self._epoll.modify(self._lifeline, 0)  # its end of file is told all the same
        if self._listener.fileno() != -1:
            while self._accept():
                pass
            self._epoll.unregister(self._listener.fileno())
            self._listener.close()
        for connection in list(self._connections.values()):
            connection.finish(self._respond)
            if not grace:
                connection.close()
            self._changed(connection)

    def _log(self, words: str) -> None:
        with contextlib.suppress(OSError):
            os.write(2, f"worker {self._number}: {words}\n".encode())
