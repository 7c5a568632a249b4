"""Who starts the workers, hands them their clients, and notices when one is killed?

One process that touches neither keys nor values, so that nothing a client sends can bring it down:

                     listening socket               channel (a pair of sockets), one a worker
    client  ------->  supervisor  ------ descriptor ------>  worker  <------->  client
                      |  made the cache's memory and semaphores, and removes them
                      |  SIGCHLD: a worker has ended. Its locks are given back, then it is replaced
                      |  SIGTERM, SIGINT: no more clients; the channels end; workers finish; names are removed

It sleeps until one of these happens. After a SIGKILL of the supervisor the kernel kills the workers, which
asked for it; the names stay, and the next start for this database removes them. That start waits until the
last old worker has ended: each of them holds the lock on the file beside the database.

Read more: man 2 fork, man 2 waitpid, man 2 flock, man 7 signal.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ipclab.ipc.processes import spawn

from .layout import COUNTERS
from .shared_cache import SharedCache

_REPAIR_EVERY = 0.005  # seconds, while the lock of a dead worker is not given back
_GRACE = 5.0  # seconds for workers to end
_TOO_SOON = 1.0  # seconds; a worker that ends by itself before is not worth another try
_MOST_FAILURES = 3
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
Work = Callable[[int, socket.socket], None]  # what a worker does: its number, its channel


@dataclass
class Member:
    """One worker: its participant number, process id, our end of its channel, clients handed to it."""

    number: int
    pid: int
    channel: socket.socket
    started: float
    handed: int = 0


class Supervisor:
    """Runs `count` processes that do `work`, participants 1 to `count` of `cache`, for clients of `listener`.

    `recover(dead, living)` puts in order what a dead participant left; False: call it again soon.
    """

    def __init__(
        self,
        cache: SharedCache,
        listener: socket.socket,
        count: int,
        work: Work,
        recover: Callable[[int, Iterable[int]], bool],
    ) -> None:
        self._cache, self._listener, self._count, self._work = cache, listener, count, work
        self._recover = recover
        self._members: dict[int, Member] = {}
        self._dead: list[int] = []  # participants whose locks are not given back yet
        self._clients: deque[socket.socket] = deque()  # who came while there was no worker
        self._selector = selectors.DefaultSelector()
        self._failures = 0

    def run(self, ready: Callable[[], None]) -> int:
        """Until SIGTERM or SIGINT; returns the exit status."""
        receiver, sender = socket.socketpair()
        sender.setblocking(False)
        self._selector.register(receiver, selectors.EVENT_READ)
        self._selector.register(self._listener, selectors.EVENT_READ)
        handlers = {number: signal.signal(number, _noted) for number in _SIGNALS}
        wakeup = signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
        try:
            for number in range(1, self._count + 1):
                self._start(number)
            ready()
            return self._watch(receiver)
        finally:
            self._stop(receiver)
            signal.set_wakeup_fd(wakeup)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            self._selector.close()
            receiver.close()
            sender.close()

    def _watch(self, receiver: socket.socket) -> int:
        while self._failures < _MOST_FAILURES:
            for key, _ in self._selector.select(_REPAIR_EVERY if self._dead else None):
                if key.fileobj is self._listener:
                    self._reap()  # a client is better not handed to a worker that is dead already
                    self._accept()
                elif {signal.SIGTERM, signal.SIGINT} & set(receiver.recv(4096)):
                    return 0
            self._reap()
            for number in self._put_in_order():
                self._start(number)
        print(f"ipclab database: {_MOST_FAILURES} workers ended by themselves", file=sys.stderr)
        return 1

    # Clients

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self._clients.append(client)
        self._hand_out()

    def _hand_out(self) -> None:
        """Each to the worker with the fewest clients."""
        while self._clients and self._members:
            client = self._clients.popleft()
            for member in sorted(self._members.values(), key=self._load):
                try:
                    socket.send_fds(member.channel, [b"c"], [client.fileno()])
                except (BlockingIOError, BrokenPipeError, ConnectionResetError):
                    continue  # hundreds wait for it already, or it has just died
                member.handed += 1
                break
            client.close()

    def _load(self, member: Member) -> int:
        return member.handed - self._cache.row(member.number)["closed"]

    # Workers

    def _start(self, number: int) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        row = self._cache.words.row(number)
        row[COUNTERS.index("closed")] = 0
        # A signal that came to the child before it has handlers of its own would go through our pipe.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        pid = spawn(self._become_worker, number, ours, theirs)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        theirs.close()
        ours.setblocking(False)
        row[COUNTERS.index("pid")] = pid
        self._members[number] = Member(number, pid, ours, time.monotonic())
        self._hand_out()

    def _become_worker(self, number: int, ours: socket.socket, channel: socket.socket) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the supervisor decides
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        # Our ends of the channels: while a sibling had one, a worker would never see its end of file.
        for each in (ours, self._listener, *(m.channel for m in self._members.values())):
            each.close()
        for client in self._clients:
            client.close()
        self._work(number, channel)

    def _reap(self) -> None:
        for member in list(self._members.values()):
            pid, status = os.waitpid(member.pid, os.WNOHANG)
            if not pid:
                continue
            del self._members[member.number]
            member.channel.close()
            self._cache.words.row(member.number)[COUNTERS.index("pid")] = 0
            self._dead.append(member.number)
            code = os.waitstatus_to_exitcode(status)
            if code >= 0 and time.monotonic() - member.started < _TOO_SOON:
                self._failures += 1
            if code:
                how = f"was killed by {signal.Signals(-code).name}" if code < 0 else "failed"
                print(f"ipclab database: worker {pid} {how}", file=sys.stderr, flush=True)

    def _put_in_order(self) -> list[int]:
        """What dead workers left, as far as it is possible now; the numbers that are free again."""
        free = [number for number in self._dead if self._recover(number, self._members)]
        self._dead = [number for number in self._dead if number not in free]
        return free

    def _stop(self, receiver: socket.socket) -> None:
        """End all workers: their channels end, and who does not follow is killed."""
        self._selector.unregister(self._listener)
        self._listener.close()
        for client in self._clients:
            client.close()
        for member in self._members.values():
            member.channel.close()
        deadline = time.monotonic() + _GRACE
        while self._members and (left := deadline - time.monotonic()) > 0:
            if self._selector.select(min(left, _REPAIR_EVERY) if self._dead else left):  # SIGCHLD
                receiver.recv(4096)
            self._reap()
            self._put_in_order()  # the others may need it in order to end
        for member in self._members.values():
            os.kill(member.pid, signal.SIGKILL)
            os.waitpid(member.pid, 0)


def _noted(number: int, frame: object) -> None:
    """The wakeup descriptor has it already."""
