"""What happens in the sandbox when the client of exercise 8 is examined, and client and server together.

The reader is the scenario's own process here, so that it can read early, late, slowly or not at all.
Each scenario returns what came of it as plain data; it judges nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
from collections.abc import Callable
from types import SimpleNamespace

from .clients import unread
from .playing import Outcome
from .serving import fifo_path
from .stage import Player, await_all

_LONG_WAIT = 7.5  # seconds: "a moment" is over by then
FILLER, OTHER = b".", b"a whole line of another client\n"


def _client(functions: SimpleNamespace, *lines: bytes) -> Player:
    def call(told: Callable[[object], None]) -> object:
        values = [functions.send_line(fifo_path(), line) for line in lines]
        return next((value for value in values if value is not None), None)

    # Before the fork, which inherits it: on a busy machine the signal may come before the first step.
    signal.signal(signal.SIGUSR1, lambda *_: None)
    return Player(call)


class Reader:
    """The scenario as the only reader. It never waits; `data` is what it has read so far."""

    def __init__(self, make: bool = True) -> None:
        if make:
            os.mkfifo(fifo_path())
        self.fd = os.open(fifo_path(), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self.inode, self.data = os.fstat(self.fd).st_ino, b""

    def read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self.fd, 1 << 16):
                self.data += chunk

    def read_until_end(self, *clients: Player) -> None:
        def have_ended() -> bool:
            self.read()
            return all(client.has_ended for client in clients)

        await_all([*clients], have_ended)
        self.read()

    def full_but_for(self, room: int) -> int:
        """A write end of the FIFO, whose one page has room for just so many bytes more."""
        write_fd = os.open(fifo_path(), os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        size = fcntl.fcntl(write_fd, fcntl.F_SETPIPE_SZ, os.sysconf("SC_PAGE_SIZE"))
        os.write(write_fd, FILLER * (size - room))
        return write_fd


def _result(client: Player, reader: Reader | None, **facts: object) -> Outcome:
    outcome = client.outcome()
    outcome["data"] = reader.data if reader else b""
    try:
        found = os.lstat(fifo_path())
        same = reader is None or found.st_ino == reader.inode
    except OSError:
        same, found = reader is None, None
    outcome |= {"fifo_stays": same, "made_something": reader is None and found is not None, **facts}
    if reader:
        os.close(reader.fd)
    with contextlib.suppress(OSError):
        os.unlink(fifo_path())
    return outcome


def nobody_reads_yet(functions: SimpleNamespace, line: bytes) -> Outcome:
    """There is a FIFO, and its reader comes a second later."""
    os.mkfifo(fifo_path())
    client = _client(functions, line)
    client.settle(0.3)
    seen = client.be_patient()
    if not client.has_ended:
        os.kill(client.pid, signal.SIGUSR1)
        client.settle(0.3)
    early = client.has_ended
    reader = Reader(make=False)
    reader.read_until_end(client)
    return _result(client, reader, wanted=line + b"\n", seen=seen, early=early)


def lines(functions: SimpleNamespace, to_send: list[bytes]) -> Outcome:
    """The reader is there all the time."""
    reader = Reader()
    client = _client(functions, *to_send)
    reader.read_until_end(client)
    return _result(client, reader, wanted=b"".join(line + b"\n" for line in to_send))


def in_one_piece(functions: SimpleNamespace, line: bytes) -> Outcome:
    """The FIFO has room for the line, and not for its newline too. Another client is next in turn."""
    reader = Reader()
    other_fd = reader.full_but_for(len(line))
    client = _client(functions, line)
    client.settle()
    client.stop()
    reader.read()
    os.write(other_fd, OTHER)
    os.close(other_fd)
    client.go_on()
    reader.read_until_end(client)
    reader.data = reader.data.lstrip(FILLER)
    return _result(client, reader, wanted=line + b"\n")


def little_room(functions: SimpleNamespace, line: bytes) -> Outcome:
    """The FIFO has room for a single byte, and a signal comes while the client waits for more.

    A write of at most PIPE_BUF takes none of it; one that is a byte longer than a page begins with it.
    """
    reader = Reader()
    filler_fd = reader.full_but_for(1)
    client = _client(functions, line)
    client.settle()
    if not client.has_ended:
        os.kill(client.pid, signal.SIGUSR1)
        client.settle()
    os.close(filler_fd)
    reader.read_until_end(client)
    reader.data = reader.data.lstrip(FILLER)
    return _result(client, reader, wanted=line + b"\n")


def long_line(functions: SimpleNamespace, line: bytes) -> Outcome:
    """More than the FIFO holds, and a signal comes while the client waits for room."""
    reader = Reader()
    client = _client(functions, line)
    client.settle()
    if not client.has_ended:
        os.kill(client.pid, signal.SIGUSR1)
        client.settle()
    reader.read_until_end(client)
    return _result(client, reader, wanted=line + b"\n")


def cut_in(functions: SimpleNamespace, line: bytes, short: bytes) -> Outcome:
    """The first client stands still in mid-line, there is room again, and a second one wants to write.

    The FIFO has no room for the line's newline, so the line can't be there as a whole. Both clients are
    the solution's: the second one keeps to a lock that the first one holds.
    """
    reader = Reader()
    os.close(reader.full_but_for(len(line)))
    filled = unread(reader.fd)
    client = _client(functions, line)
    await_all([client], lambda: unread(reader.fd) > filled)
    client.settle()
    client.stop()
    reader.read()
    second = _client(functions, short)
    await_all([second], lambda: unread(reader.fd) > 0, 1.5)
    second.settle()
    client.go_on()
    reader.read_until_end(client, second)
    reader.data = reader.data.lstrip(FILLER)
    facts = {"wanted": line + b"\n", "short": short + b"\n", "second": second.outcome()}
    return _result(client, reader, **facts)


def no_fifo_yet(functions: SimpleNamespace, line: bytes) -> Outcome:
    """The client is there first, and then the FIFO with its reader."""
    client = _client(functions, line)
    client.settle(0.2)
    if client.has_ended or os.path.lexists(fifo_path()):
        return _result(client, None, wanted=b"")
    reader = Reader()
    reader.read_until_end(client)
    return _result(client, reader, wanted=line + b"\n")


def no_fifo_ever(functions: SimpleNamespace, line: bytes) -> Outcome:
    """There is no FIFO, and none will come."""
    client = _client(functions, line)
    client.await_end(_LONG_WAIT)
    return _result(client, None, wanted=b"")


def reader_leaves(functions: SimpleNamespace, line: bytes) -> Outcome:
    """The FIFO is full; its server removes it and goes."""
    reader = Reader()
    other_fd = reader.full_but_for(0)
    client = _client(functions, line)
    client.settle()
    os.unlink(fifo_path())
    os.close(reader.fd)
    client.await_end(_LONG_WAIT)
    os.close(other_fd)
    return _result(client, None, wanted=b"")


def together(functions: SimpleNamespace, sent: list[list[bytes]]) -> Outcome:
    """The learner's server, and a process for each list of lines, which the learner's client sends."""
    count = sum(map(len, sent))
    server = Player(lambda told: functions.serve_lines(fifo_path(), told, count))
    await_all([server], lambda: os.path.exists(fifo_path()))
    server.settle()
    clients = [_client(functions, *each) for each in sent]
    everybody = [server, *clients]
    await_all(everybody, lambda: all(player.has_ended for player in everybody), 5.0)
    outcomes = [client.outcome() for client in clients]
    outcome = server.outcome() | {"clients": outcomes, "left_at_path": os.path.lexists(fifo_path())}
    with contextlib.suppress(OSError):
        os.unlink(fifo_path())
    return outcome
