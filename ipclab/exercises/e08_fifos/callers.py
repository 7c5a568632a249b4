"""What happens in the sandbox when the server of exercise 8 is examined: callers that it has to be good to.

An exception of `handle`, a umask, a name that is taken, children and descriptors of the caller's, and
a second in which nothing happens. As in serving.py: plain data, and no judgement.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

from .clients import Client, send
from .noticing import notice_open_doors
from .playing import Outcome
from .serving import call, fifo_path, interrupt, result, start, take_signals
from .stage import Player, await_all

WAITS = (
    "before the first client",
    "while a client is silent in mid-line",
    "after a client has left",
)


def raising(functions: SimpleNamespace, kind: str) -> Outcome:
    """`handle` raises at the first of two lines."""
    error = _ERRORS[kind]
    server = start(functions, 2, raises=error)
    send(fifo_path(), server, b"one\ntwo\n")
    server.await_end()
    return result(server, wanted=[b"one"], raised=kind)


_ERRORS: dict[str, BaseException] = {
    "RuntimeError": RuntimeError("raised by handle"),
    "BlockingIOError": BlockingIOError(11, "raised by handle"),
    "KeyboardInterrupt": KeyboardInterrupt("raised by handle"),
}


def modes(functions: SimpleNamespace, umask: int) -> Outcome:
    """The FIFO's permission bits while the server waits, and before, by its caller's umask."""

    def surround() -> list[Any]:
        os.umask(umask)
        return notice_open_doors(fifo_path())

    server = start(functions, 1, surround)
    client = Client(fifo_path(), server)
    server.settle()
    mode = stat.S_IMODE(os.stat(fifo_path()).st_mode) if os.path.exists(fifo_path()) else -1
    client.write(b"x\n")
    client.close()
    server.await_end()
    return result(server, wanted=[b"x"], mode=mode)


def something_else(functions: SimpleNamespace, kind: str) -> Outcome:
    """Another kind of file is at the path."""
    content = b"first\nsecond\nthird\n"
    target = f"{fifo_path()}-target"
    if kind in ("regular file", "symbolic link to a file"):
        where = fifo_path() if kind == "regular file" else target
        with open(where, "wb") as file:
            file.write(content)
    if kind == "symbolic link to a file":
        os.symlink(target, fifo_path())
    elif kind == "directory":
        os.mkdir(fifo_path())
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(fifo_path())
    before = _portrait()
    server = start(functions, 2)
    server.await_end(1.5)
    outcome = server.outcome() | {"kind": kind, "changed_file": before != _portrait()}
    for path in (fifo_path(), target):
        with contextlib.suppress(OSError):
            os.rmdir(path) if os.path.isdir(path) else os.unlink(path)
    return outcome


def _portrait() -> Any:
    """What is at the path: kind and mode, inode, contents."""
    try:
        found = os.lstat(fifo_path())
    except OSError:
        return None
    content = b""
    if stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode):
        with contextlib.suppress(OSError), open(fifo_path(), "rb") as file:
            content = file.read(1000)
    return found.st_mode, found.st_ino, found.st_size, content


def again(functions: SimpleNamespace, lines: list[bytes]) -> Outcome:
    """A FIFO that a crash has left is at the path; and a second call follows on the first."""
    os.mkfifo(fifo_path(), 0o666)

    def twice(told: Callable[[object], None]) -> None:
        for _ in range(2):
            call(functions, fifo_path(), told, 1)

    server = Player(twice)
    for number, line in enumerate(lines):
        client = Client(fifo_path(), server)
        served = os.stat(fifo_path()).st_ino if client.is_open else 0
        client.write(line + b"\n")
        client.close()
        server.await_lines(number + 1)
        await_all([server], partial(_is_gone, served), 1.0)
    server.await_end()
    return result(server, wanted=lines)


def _is_gone(inode: int) -> bool:
    """Whether the FIFO at the path has been removed, or replaced."""
    try:
        return os.lstat(fifo_path()).st_ino != inode
    except OSError:
        return True


def for_a_caller(functions: SimpleNamespace, line: bytes) -> Outcome:
    """A caller with children, handlers and descriptors, in another directory, with 0 to 2 closed."""

    def relative(told: Callable[[object], None]) -> None:
        call(functions, os.path.basename(fifo_path()), told, 1)

    server = Player(relative, _have_belongings)
    client = Client(fifo_path(), server)
    server.settle()
    interrupt(server)
    client.write(line + b"\n")
    client.close()
    server.await_end()
    return result(server, wanted=[line])


def _have_belongings() -> None:
    os.chdir(os.path.dirname(fifo_path()))
    take_signals()
    signal.signal(signal.SIGCHLD, lambda *_: None)
    for number in range(20, 24):
        os.dup2(os.open("/dev/null", os.O_RDWR), number)
    os.closerange(0, 20)
    read_fd, write_fd = os.pipe()
    for number, fd in ((30, read_fd), (31, write_fd)):
        os.dup2(fd, number)
        os.close(fd)
    ended, _ = _fork(lambda: None), _fork(_wait_for_the_caller)
    os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT)


def _wait_for_the_caller() -> None:
    os.close(31)
    os.read(30, 1)


def _fork(function: Callable[[], object]) -> int:
    """A child of the caller's own. The running one ends with its parent."""
    pid = os.fork()
    if pid == 0:
        try:
            function()
        finally:
            os._exit(7)
    return pid


def patience(functions: SimpleNamespace, when: str) -> Outcome:
    """A second in which nothing happens: before all lines, in the middle of one, or between two."""
    before, after = {
        WAITS[0]: (b"", b"one\ntwo\n"),
        WAITS[1]: (b"one\ntw", b"o\n"),
        WAITS[2]: (b"one\n", b"two\n"),
    }[when]
    server = start(functions, 2)
    client = Client(fifo_path(), server) if before else None
    if client:
        client.write(before)
        server.await_lines(1)
        if when == WAITS[2]:
            client.close()
    server.settle(0.2)
    seen = server.be_patient()
    could_write = False
    if client and client.is_open:
        could_write = client.write(after)
        client.close()
    elif not server.has_ended:
        could_write = send(fifo_path(), server, after)
    server.await_end()
    sent = before.count(b"\n") + could_write * after.count(b"\n")
    return result(server, wanted=[b"one", b"two"], sent=sent, seen=seen)
