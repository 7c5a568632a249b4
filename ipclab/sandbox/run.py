"""`run`: call a function in a process of its own, and be told everything about it."""

from __future__ import annotations

import atexit
import dataclasses
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from . import frames, transport, wire
from .results import Run
from .trace import WITHOUT_STRACE

_START_UP = 20.0  # seconds for the helper to start on a busy machine
_AFTER_DEADLINE = 30.0  # seconds for a supervisor to look, kill and answer on a busy machine


class SandboxError(RuntimeError):
    """The sandbox itself failed; nothing is said about the function."""


def run(
    function: Callable[..., Any],
    *args: Any,
    deadline: float = 5.0,
    trace: bool = False,
    sealed: bool = False,
    keep: Iterable[str] = (),
    real_shm: bool = False,
) -> Run:
    """Call `function(*args)` in a process of its own, which may fork, hang or die, and report.

    The function must end within `deadline` seconds; when it cannot go on, or has not ended, the wait-for
    graph of its processes becomes `Run.stuck`. Its value comes back as plain data. Nothing that it starts
    survives. `sealed`: with a read-only file system, an empty /tmp and no capabilities, as checks run;
    the current folder and those to `keep` stay visible there. `trace`: record the system calls that have
    to do with IPC as `Run.trace`, with strace; they get slower by that. `real_shm`: its shared memory and
    semaphores are the machine's, where others meet them; otherwise the run has a /dev/shm of its own.

    Raises TypeError for a call that cannot be sent, ValueError for a sealed one with `real_shm`, and
    SandboxError when the sandbox itself fails.
    """
    if sealed and real_shm:
        raise ValueError("a sealed run has a /dev/shm of its own: leave out sealed or real_shm")
    return _helper().run(function, args, deadline, sealed, keep, trace, real_shm)


class HelperProcess:
    """The client's side of the resident helper: started by exec, once a process."""

    def __init__(self, containment: str | None = None) -> None:
        self.owner = os.getpid()
        self._control, theirs = socket.socketpair()
        environment = {
            k: v for k, v in os.environ.items() if k not in ("PYTHONUNBUFFERED", "PYTHONINSPECT")
        }
        command = [sys.executable, "-P", "-m", "ipclab.sandbox.helper", str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(
                command + ([containment] if containment else []),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
                env={**environment, "OPENBLAS_NUM_THREADS": "1"},
            )
        self._taking = threading.Lock()
        self._idle: dict[tuple[object, ...], list[socket.socket]] = {}
        self.containment = self._await_start()

    def _await_start(self) -> str:
        self._control.settimeout(_START_UP)
        try:
            word = self._control.recv(32, socket.MSG_WAITALL)
        except TimeoutError:
            word = b""
        if not word:
            self.close()
            raise SandboxError(
                f"the sandbox's helper did not start within {_START_UP:.0f} s; see its stderr"
            )
        return word.decode().strip()

    @property
    def alive(self) -> bool:
        return self.owner == os.getpid() and self._process.poll() is None

    def run(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        deadline: float,
        sealed: bool,
        keep: Iterable[str],
        trace: bool = False,
        real_shm: bool = False,
    ) -> Run:
        strace = shutil.which("strace") if trace else None
        payload = transport.dumps(function, args)
        directory = os.getcwd()
        kind = (sealed, real_shm, *keep, directory)
        modules = _own_modules(function, *args)
        request = {
            "deadline": deadline,
            "sealed": sealed,
            "real_shm": real_shm,
            "keep": [*keep, directory, sys.prefix, sys.base_prefix, _import_folder()],
            "path": sys.path,
            "directory": directory,
            "umask": _current_umask(),
            "strace": strace,
            "modules": modules,
        }
        try:
            supervisor = self._take_supervisor(kind, modules)
            answer = _ask(supervisor, request, payload)
        except OSError as error:
            raise SandboxError(f"the run's supervisor did not answer: {error}") from error
        if answer[:1] == frames.AGAIN:
            self._idle.setdefault(kind, []).append(supervisor)
        else:
            supervisor.close()
        run = wire.unpack(answer[1:])
        missing = trace and strace is None
        return dataclasses.replace(run, trace=WITHOUT_STRACE) if missing else run

    def _take_supervisor(self, kind: tuple[object, ...], modules: list[str]) -> socket.socket:
        """One that has served the same kind of run, or a new one; those to come will have the modules."""
        try:
            return self._idle.get(kind, []).pop()
        except IndexError:
            pass
        with self._taking:
            message, descriptors, _, _ = socket.recv_fds(self._control, 1, 1)
            if not (message and descriptors):
                raise ConnectionError("the helper has ended")
            frames.send(self._control, json.dumps(modules).encode())
        return socket.socket(fileno=descriptors[0])

    def close(self) -> None:
        """End the helper and everything below it."""
        for supervisor in itertools.chain.from_iterable(self._idle.values()):
            supervisor.close()
        self._control.close()
        if self.owner == os.getpid():
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


_lock = threading.Lock()
_current: HelperProcess | None = None


def _helper() -> HelperProcess:
    """The helper of this process; started on first use, and again if it has died."""
    global _current
    with _lock:
        if _current is None or not _current.alive:
            _current = HelperProcess()
            atexit.register(_current.close)
        return _current


def _ask(supervisor: socket.socket, request: dict[str, Any], payload: bytes) -> bytes:
    """The supervisor's answer. Raises OSError when it does not come."""
    try:
        frames.send(supervisor, json.dumps(request).encode())
        frames.send(supervisor, payload)
        return frames.receive(supervisor, request["deadline"] + _AFTER_DEADLINE)
    except BaseException:  # also KeyboardInterrupt: closing the socket ends the run
        supervisor.close()
        raise


def _import_folder() -> str:
    """Where this package itself is imported from: it must stay visible in a sealed run."""
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def _own_modules(*parts: Any) -> list[str]:
    """Modules of this package that a call needs: imported once for all runs that follow."""
    names = {getattr(part, "__module__", None) or "" for part in parts}
    return sorted(name for name in names if name.partition(".")[0] == __name__.partition(".")[0])


def _current_umask() -> int:
    """The process's umask, read without setting it (man 5 proc_pid_status)."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1], 8) for line in file if line.startswith("Umask:"))
