"""What happens at a FIFO, step by step? System calls in several processes, plain data out.

A director tells each process what to call next, and goes on when the call has returned or its process
sleeps in it. So the order of the steps is certain, and whether a call waited is seen, not timed. The
times (CLOCK_MONOTONIC, the same clock in every process) are taken around each call by its process.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from ipclab.ipc.pipes import Pipe, read_exactly, write_all
from ipclab.ipc.processes import reap, spawn
from ipclab.sandbox.observe import descriptors_of, fingerprint, observe_process

Step = tuple[str, str]  # process, what it does: "open O_RDONLY", "write hello"
Record = tuple[str, str, str, float, float, bool, int]  # …, result, began, returned, waited, step
_LOOK_EVERY = 0.005  # seconds
_PATIENCE = 20.0  # seconds: only a stuck trial takes so long


@contextlib.contextmanager
def new_path() -> Iterator[str]:
    """A path that nobody else uses, in a folder that is removed with it."""
    with tempfile.TemporaryDirectory(prefix=f"ipclab-{os.getuid()}-") as folder:
        yield os.path.join(folder, "fifo")


class Actor:
    """A process that makes one call at a time, when it is told to."""

    def __init__(self, name: str, path: str, others: Sequence[Actor]) -> None:
        self.name, self._orders, self._reports = name, Pipe(), Pipe()
        self._pending: tuple[str, int] | None = None
        self.waited = False
        self.pid = spawn(self._live, path, others)
        self._orders.read_end.close()
        self._reports.write_end.close()
        os.set_blocking(self._reports.read_end.fd, False)

    def _live(self, path: str, others: Sequence[Actor]) -> None:
        for each in (self, *others):
            each._orders.write_end.close()
            each._reports.read_end.close()
        fds: list[int] = []
        while order := os.read(self._orders.read_end.fd, 1000):
            began = time.monotonic()
            result = _performed(order.decode(), path, fds)
            report = result, began, time.monotonic()
            write_all(self._reports.write_end.fd, json.dumps(report).encode())

    def begin(self, what: str, step: int) -> None:
        self._pending, self.waited = (what, step), False
        write_all(self._orders.write_end.fd, what.encode())

    @property
    def is_busy(self) -> bool:
        return self._pending is not None

    def take(self) -> Record | None:
        """The call's record, once it has returned."""
        if self._pending is None:
            return None
        try:
            result, began, returned = json.loads(os.read(self._reports.read_end.fd, 10_000))
        except BlockingIOError:
            return None
        (what, step), self._pending = self._pending, None
        return self.name, what, result, began, returned, self.waited, step

    def end(self) -> None:
        if self.is_busy:
            os.kill(self.pid, signal.SIGKILL)
        self._orders.write_end.close()
        self._reports.read_end.close()
        reap(self.pid)


def _performed(order: str, path: str, fds: list[int]) -> str:
    """Make one call; its result in words, or the name of its errno."""
    what, _, rest = order.partition(" ")
    try:
        if what == "open":
            flags = sum(getattr(os, flag) for flag in rest.split("|"))
            fds.append(os.open(path, flags))
            return "a descriptor"
        if what == "read":
            return repr(os.read(fds[-1], 100))
        if what == "write":
            return f"wrote {os.write(fds[-1], rest.encode())}"
        if what == "close":
            os.close(fds.pop())
        elif what == "unlink":
            os.unlink(path)
        return "done"
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))


def played(script: list[Step]) -> tuple[list[Record], list[int]]:
    """Let processes do these steps; what came of each, and the file's size after each."""
    with new_path() as path:
        os.mkfifo(path, 0o600)
        return _played(script, path)


def _played(script: list[Step], path: str) -> tuple[list[Record], list[int]]:
    actors: dict[str, Actor] = {}
    for name in dict.fromkeys(name for name, _ in script):
        actors[name] = Actor(name, path, list(actors.values()))
    records: list[Record] = []
    sizes: list[int] = []
    try:
        for number, (name, what) in enumerate(script):
            _until(lambda actor=actors[name]: not actor.is_busy, actors, records)
            actors[name].begin(what, number)
            _settle(actors, records)
            with contextlib.suppress(FileNotFoundError):
                sizes.append(os.stat(path).st_size)
    finally:
        for actor in actors.values():
            actor.end()
    return sorted(records, key=lambda record: record[-1]), sizes


def _settle(actors: dict[str, Actor], records: list[Record]) -> None:
    """Until every call has returned, or its process sleeps in it."""
    last: dict[str, Any] = {}

    def is_settled() -> bool:
        settled = True
        for actor in actors.values():
            if actor.is_busy:
                seen = fingerprint([actor.pid])
                sleeps = seen is not None and seen == last.get(actor.name)
                sleeps = sleeps and _is_at_a_fifo(actor.pid)
                actor.waited = actor.waited or sleeps
                settled, last[actor.name] = settled and sleeps, seen
        return settled

    _until(is_settled, actors, records)


def _is_at_a_fifo(pid: int) -> bool:
    """Whether it sleeps in its call, and not where it waits for orders."""
    found = observe_process(pid)
    waits = [thread.wait for thread in found.threads if thread.wait] if found else []
    names = {entry.number: entry.target for entry in found.descriptors} if found else {}
    return any(
        wait.fifo or any(names.get(fd, "").startswith("/") for fd in wait.reads + wait.writes)
        for wait in waits
    )


def _until(condition: Any, actors: dict[str, Actor], records: list[Record]) -> None:
    give_up = time.monotonic() + _PATIENCE
    while True:
        records += [record for actor in actors.values() if (record := actor.take())]
        if condition():
            records += [record for actor in actors.values() if (record := actor.take())]
            return
        if time.monotonic() > give_up:
            raise TimeoutError("a step of the trial has not come to an end")
        time.sleep(_LOOK_EVERY)


def modes(requested: Sequence[int], umasks: Sequence[int]) -> list[tuple[int, int, int]]:
    """(mode asked for, umask, mode of the new FIFO) for each pair. man 3 mkfifo."""
    found = []
    with new_path() as path:
        usual = os.umask(0)
        for mode, umask in product(requested, umasks):
            os.umask(umask)
            os.mkfifo(path, mode)
            found.append((mode, umask, stat.S_IMODE(os.stat(path).st_mode)))
            os.unlink(path)
        os.umask(usual)
    return found


def strangers() -> tuple[list[tuple[str, int, str, int]], str]:
    """Two programs, each started by a process of its own, with one FIFO open between them.

    For each: its name, its parent, what it has the FIFO open for, the inode. And what came through.
    """
    with new_path() as path, Pipe() as pids, Pipe() as printed, Pipe() as release:
        os.mkfifo(path, 0o600)
        sender = ["/bin/sh", "-c", f"exec 7> {path}; echo hello >&7; read line"]
        starters = [
            spawn(_start, ["/bin/cat", path], None, printed.write_end.fd, pids.write_end.fd),
            spawn(_start, sender, release.read_end.fd, None, pids.write_end.fd),
        ]
        programs = [int(read_exactly(pids.read_end.fd, 10)) for _ in starters]
        ends = [_end_at(pid, path) for pid in programs]
        said = read_exactly(printed.read_end.fd, 6).decode()
        release.write_end.close()
        for starter in starters:
            reap(starter)
    return sorted(ends), said


def _start(argv: list[str], stdin: int | None, stdout: int | None, pids_fd: int) -> None:
    """A process that starts one program, tells its pid, and waits for it."""
    with subprocess.Popen(argv, stdin=stdin, stdout=stdout) as program:
        write_all(pids_fd, f"{program.pid:10}".encode())
        os.closerange(3, 100)


def _end_at(pid: int, path: str) -> tuple[str, int, str, int]:
    """How a program has the FIFO open, as soon as it has."""
    give_up = time.monotonic() + _PATIENCE
    while time.monotonic() < give_up:
        found = observe_process(pid)
        for entry in descriptors_of(pid):
            if entry.target == path and found:
                name = os.path.basename(found.command.split()[0])
                return name, found.parent, entry.access, entry.inode
        time.sleep(_LOOK_EVERY)
    raise TimeoutError(f"process {pid} has not opened {path}")


def transfer_rates(rounds: int, size: int, chunk: int) -> list[tuple[float, float]]:
    """Bytes a second through a pipe and through a FIFO, in each round one after the other."""
    found = []
    with new_path() as path:
        os.mkfifo(path, 0o600)
        for number in range(rounds):
            order = (None, path) if number % 2 else (path, None)
            rates = {each: _rate(each, size, chunk) for each in order}
            found.append((rates[None], rates[path]))
    return found


def _rate(path: str | None, size: int, chunk: int) -> float:
    read_fd, write_fd = (-1, -1) if path else os.pipe()

    def send() -> None:
        fd = os.open(path, os.O_WRONLY) if path else write_fd
        for _ in range(size // chunk):
            write_all(fd, bytes(chunk))

    writer = spawn(send)
    if path:
        read_fd = os.open(path, os.O_RDONLY)
    else:
        os.close(write_fd)
    os.read(read_fd, 1)
    began, left = time.perf_counter(), size - 1
    while left:
        left -= len(os.read(read_fd, 1 << 16))
    seconds = time.perf_counter() - began
    os.close(read_fd)
    reap(writer)
    return size / seconds
