"""How do several processes serve one port, and what happens when one of them dies?

The server opens the listening socket and forks its workers, which inherit it: a client's connection goes
to whichever of them accepts it. The server itself serves nobody. It waits for signals:

    SIGCHLD           a worker has died: another one takes its place, with its sockets and its row
    SIGTERM, SIGINT   a byte goes into the lifeline: the workers finish what they have begun, and end

If the server is killed, it tells the workers nothing, but the kernel closes the lifeline, and they end. What
then stays behind in shared memory, the next server on the port removes.

Read more: man 2 listen, man 7 signal, man 2 sigwaitinfo.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from ipclab.ipc import owners
from ipclab.ipc.names import memory_path
from ipclab.ipc.pipes import Pipe
from ipclab.ipc.processes import reap, spawn

from .config import CONFIG, Config
from .learners import Functions, publish_first
from .shared import CONNECTIONS, PID, Shared, name_of
from .wakeups import wakeup_socket
from .worker import GRACE, Worker

FIRST = Config(version=1, verbosity=1, max_connections=1024, greeting=b"Hello from ipclab")
BACKLOG = 1024  # connections that nobody has accepted yet
START_TIMEOUT = 20.0  # seconds for the first workers to start
ORPHAN_TIMEOUT = 2.0  # seconds for the workers of a killed server to end by themselves
STOP_TIMEOUT = GRACE + 2.0  # seconds for the workers to end
RESTART_PAUSE = 1.0  # seconds; a worker that dies younger is replaced that much later
_SIGNALS = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}


class Settings(NamedTuple):
    """What a server is started with."""

    port: int  # 0: one that is free
    workers: int
    host: str = "127.0.0.1"
    functions: Functions | None = None
    solution: str = ""  # the file that the functions are from


class Server:
    """The parent of the workers."""

    def __init__(self, settings: Settings) -> None:
        """Open the socket. Raises OSError, with what to try, when the port cannot be had."""
        self.settings = settings
        end_orphans(settings.port)
        self._listener = listen(settings.host, settings.port)
        self.port: int = self._listener.getsockname()[1]
        self._lifeline = Pipe()
        self._wakeups: list[socket.socket] = []
        self._numbers: dict[int, int] = {}  # of the workers, by their pids
        self._due: dict[int, float] = {}  # when to start a worker anew, by its number
        self._started: dict[int, float] = {}

    def serve(self, on_ready: Callable[[], object]) -> None:
        """Serve until a signal asks to end; call `on_ready` when the workers answer.

        Raises ChildProcessError when a worker does not start, OSError when a name is taken or there
        is no room in /dev/shm.
        """
        numbers = range(self.settings.workers)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            first = CONFIG.pack(*FIRST)
            with Shared.create(
                self.port, len(numbers), first, self.settings.solution
            ) as self._shared:
                try:
                    if self.settings.functions:
                        publish_first(self._shared, self.settings.functions, FIRST)
                    self._wakeups = [wakeup_socket(self.port, number) for number in numbers]
                    self._start_all()
                    on_ready()
                    self._supervise()
                finally:
                    self._stop()
                    self._shared.unlink()
        finally:
            self._listener.close()
            while signal.sigtimedwait(_SIGNALS, 0):
                pass  # asked twice, it has ended once
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _start_all(self) -> None:
        gc.collect()
        gc.freeze()  # the collector would write into the pages that all workers share
        with Pipe() as ready:
            for number in range(self.settings.workers):
                self._start(number, ready)
            ready.write_end.close()
            deadline = time.monotonic() + START_TIMEOUT
            for _ in self._numbers:
                left = max(0.0, deadline - time.monotonic())
                if not select.select([ready.read_end], [], [], left)[0]:
                    raise ChildProcessError(f"no worker was ready within {START_TIMEOUT} s")
                if not os.read(ready.read_end.fd, 1):
                    raise ChildProcessError("a worker ended before it was ready")

    def _start(self, number: int, ready: Pipe | None = None) -> None:
        pid = spawn(self._work, number, ready)
        self._numbers[pid] = number
        self._started[number] = time.monotonic()

    def _work(self, number: int, ready: Pipe | None) -> None:
        """The life of a worker process."""
        for ignored in (signal.SIGINT, signal.SIGHUP):  # a terminal sends them to the server, too
            signal.signal(ignored, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        self._lifeline.write_end.close()
        for other, wakeup in enumerate(self._wakeups):
            if other != number:
                wakeup.close()
        worker = Worker(
            self._shared, number, self._listener, self._wakeups[number], self._lifeline.read_end.fd
        )

        def report() -> None:
            if ready:
                ready.read_end.close()
                os.write(ready.write_end.fd, b".")
                ready.write_end.close()

        worker.run(self.settings.functions, report)

    def _supervise(self) -> None:
        """Replace workers that die, until a signal asks to end."""
        while True:
            if self._due:
                left = max(0.0, min(self._due.values()) - time.monotonic())
                received = signal.sigtimedwait(_SIGNALS, left)
            else:
                received = signal.sigwaitinfo(_SIGNALS)
            if received and received.si_signo != signal.SIGCHLD:
                return
            for number, status in self._reaped():
                self._plan_replacement(number, status)
            for number, due in list(self._due.items()):
                if due <= time.monotonic():
                    self._restart(number)

    def _restart(self, number: int) -> None:
        try:
            self._start(number)
            del self._due[number]
        except OSError as error:  # no room for another process; perhaps later
            say(f"worker {number} cannot be started: {error}")
            self._due[number] = time.monotonic() + RESTART_PAUSE

    def _reaped(self) -> list[tuple[int, int]]:
        """The numbers and exit statuses of the workers that have ended; their rows are cleared."""
        found = []
        for pid, number in list(self._numbers.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                del self._numbers[pid]
                row = self._shared.row(number)
                row[PID] = row[CONNECTIONS] = 0
                found.append((number, os.waitstatus_to_exitcode(status)))
        return found

    def _plan_replacement(self, number: int, status: int) -> None:
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        say(f"worker {number} {how}; another one takes its place")
        self._due[number] = max(time.monotonic(), self._started[number] + RESTART_PAUSE)

    def _stop(self) -> None:
        """End the workers: at their leisure, then by force. A second signal means now."""
        os.write(self._lifeline.write_end.fd, b".")
        deadline = time.monotonic() + STOP_TIMEOUT
        while self._numbers:
            received = signal.sigtimedwait(_SIGNALS, max(0.0, deadline - time.monotonic()))
            self._reaped()
            if received is None or received.si_signo != signal.SIGCHLD:
                break
        for pid in self._numbers:
            os.kill(pid, signal.SIGKILL)
        for pid in self._numbers:
            reap(pid)
        self._lifeline.read_end.close()
        self._lifeline.write_end.close()
        for wakeup in self._wakeups:
            wakeup.close()


def listen(host: str, port: int) -> socket.socket:
    """A socket that waits for connections. Raises OSError with what to try."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        words = {
            errno.EADDRINUSE: f"port {port} is taken by another program; `ss -ltnp` shows which."
            " Try another one: --port 0 takes one that is free",
            errno.EACCES: f"port {port} is for the administrator; try one above 1023",
        }.get(error.errno or 0, f"{host}:{port}: {error.strerror or error}")
        raise OSError(error.errno, words) from None
    listener.setblocking(False)
    return listener


def end_orphans(port: int) -> None:
    """If a server on this port was killed, its workers end; wait for it, and kill one that does not."""
    owner = owners.owner_of(memory_path(name_of(port, "state")))
    if not owner or owner.state != owners.ENDED:
        return
    with contextlib.suppress(FileNotFoundError, ValueError), Shared.attach(port) as shared:
        deadline = time.monotonic() + ORPHAN_TIMEOUT
        for pid in [row[PID] for row in shared.rows() if row[PID]]:
            with contextlib.suppress(ProcessLookupError):
                _end_orphan(pid, shared.state.name, deadline)


def _end_orphan(pid: int, name: str, deadline: float) -> None:
    process = os.pidfd_open(pid)
    try:
        if _maps(pid, name):  # or the number is another process's by now
            if not select.select([process], [], [], max(0.0, deadline - time.monotonic()))[0]:
                signal.pidfd_send_signal(process, signal.SIGKILL)
            select.select([process], [], [], STOP_TIMEOUT)
    finally:
        os.close(process)


def _maps(pid: int, name: str) -> bool:
    """Has this process mapped the object? man 5 proc_pid_maps."""
    try:
        with open(f"/proc/{pid}/maps", errors="replace") as maps:
            return any(line.rstrip().endswith(memory_path(name)) for line in maps)
    except OSError:
        return False


def say(words: str) -> None:
    with contextlib.suppress(OSError):
        print(f"ipclab webserver: {words}", file=sys.stderr, flush=True)
