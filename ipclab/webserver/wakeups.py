"""How does a worker that waits for requests learn, at once, that there is a new configuration?

It waits in epoll, so the message must come through a descriptor; and a command that somebody types in
another shell must be able to send it. That is a datagram socket with a name in the abstract namespace:

    "\\0ipclab-<uid>-<port>-w<n>"

Such a name is no file. It vanishes with its last holder, also by SIGKILL, and nothing of it is left behind.
The message carries the version that was published; the worker answers when it has it. The message is only a
hint where to look: whoever sends a wrong one makes a worker look at a word in memory, and no more.

Read more: man 7 unix, "Abstract sockets" and "Autobind feature"; man 7 epoll.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
import time
from typing import NamedTuple

from .shared import PID, TAKEN_UP, VERSION, Shared, name_of

_VERSION = struct.Struct("<Q")
_MOST_WAITING = 64  # commands that one worker answers


class TakeUp(NamedTuple):
    """How far the workers are with a version."""

    workers: int  # that run
    taken_up: int  # of them
    seconds: float  # from the publication until the last of these had it


def wakeup_socket(port: int, worker: int) -> socket.socket:
    """The socket of one worker. Raises OSError (EADDRINUSE) when another server has it."""
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        bound.bind(_address(port, worker))
    except OSError as error:
        bound.close()
        words = (
            "another server that is not in your /dev/shm has this port's wake-ups; try another port"
        )
        raise OSError(error.errno, words) from None
    return bound


class Waiting:
    """The commands that wait for a worker to take a version up."""

    def __init__(self, wakeup: socket.socket) -> None:
        self._socket = wakeup
        self._waiting: list[tuple[int, bytes]] = []
        self._lock = threading.Lock()  # a learner's `watch` is a thread, and answers too

    def receive(self) -> None:
        """Note who waits, and for which version."""
        with contextlib.suppress(BlockingIOError), self._lock:
            while True:
                message, address = self._socket.recvfrom(64)
                if len(message) == _VERSION.size and address and len(self._waiting) < _MOST_WAITING:
                    self._waiting.append((_VERSION.unpack(message)[0], address))

    def answer(self, version: int) -> None:
        """This worker has `version` now."""
        if not self._waiting:
            return
        with self._lock:
            for wanted, address in self._waiting:
                if wanted <= version:
                    with contextlib.suppress(OSError):  # the command has ended, or reads no more
                        self._socket.sendto(_VERSION.pack(version), address)
            self._waiting = [each for each in self._waiting if each[0] > version]


def wake_and_wait(shared: Shared, version: int, published: int, timeout: float) -> TakeUp:
    """Wake all workers; wait until each has `version` or a newer one, for at most `timeout` seconds.

    `published` is when, in nanoseconds of CLOCK_MONOTONIC.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as asking:
        asking.bind("")  # a name of the kernel's choice, so that it can be answered
        for worker in range(shared.workers):
            with contextlib.suppress(OSError):  # full: it has not read older messages, and will
                asking.sendto(_VERSION.pack(version), _address(shared.port, worker))
        deadline = time.monotonic() + timeout
        while (found := take_up(shared, version, published)).taken_up < found.workers:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([asking], [], [], left)[0]:
                break
            asking.recv(64)
    return take_up(shared, version, published)


def take_up(shared: Shared, version: int, published: int) -> TakeUp:
    """How far the workers are, as their rows say."""
    running = [row for row in shared.rows() if row[PID]]
    having = [row[TAKEN_UP] for row in running if row[VERSION] >= version]
    last = max(having, default=published)
    return TakeUp(len(running), len(having), max(0, last - published) / 1e9)


def _address(port: int, worker: int) -> bytes:
    return b"\0" + name_of(port, f"w{worker}")[1:].encode()
