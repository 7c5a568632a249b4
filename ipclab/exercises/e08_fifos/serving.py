"""What happens in the sandbox when the server of exercise 8 is examined: clients that it has to serve.

Each scenario returns what came of it as plain data; it judges nothing.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

from .clients import Client, send
from .noticing import notice_dead_names
from .playing import Outcome
from .stage import Player


def fifo_path() -> str:
    """The path that is served: the same in all processes of a run, and in no other run."""
    return f"/tmp/ipclab-fifo-{os.getsid(0)}"


def start(
    functions: SimpleNamespace,
    count: int,
    surround: Callable[[], list[Any] | None] = lambda: None,
    raises: BaseException | None = None,
) -> Player:
    """A player that calls serve_lines; `handle` may raise something."""
    return Player(lambda told: call(functions, fifo_path(), told, count, raises), surround)


def call(
    functions: SimpleNamespace,
    path: str,
    told: Callable[[object], None],
    count: int,
    raises: BaseException | None = None,
) -> object:
    def handle(line: object) -> None:
        told(line)
        if raises is not None:
            raise raises

    return functions.serve_lines(path, handle, count)


def result(server: Player, **facts: Any) -> Outcome:
    """The outcome, and whether there is still something at the path. It is removed."""
    outcome = server.outcome()
    outcome |= {"left_at_path": os.path.lexists(fifo_path()), **facts}
    with contextlib.suppress(OSError):
        os.unlink(fifo_path())
    return outcome


def one_client(functions: SimpleNamespace, line: bytes) -> Outcome:
    """One line, from a client that stays until the server has returned."""
    server = start(functions, 1)
    client = Client(fifo_path(), server)
    client.write(line + b"\n")
    server.await_end()
    outcome = result(server, wanted=[line], came=client.is_open)
    client.close()
    return outcome


def nobody(functions: SimpleNamespace) -> Outcome:
    """Count 0, without any client."""
    server = start(functions, 0)
    server.await_end(1.5)
    return result(server, wanted=[])


def come_and_go(functions: SimpleNamespace, lines: list[bytes]) -> Outcome:
    """Clients one after the other, one of them another program. Each has gone before the next comes."""
    server, sent = start(functions, len(lines), take_signals), 0
    for number, line in enumerate(lines):
        if number == 1:
            sent += _shell_client(line, server)
        else:
            sent += send(fifo_path(), server, line + b"\n")
        if not server.await_lines(number + 1):
            break
        server.settle()
        send(fifo_path(), server)  # one that says nothing
        server.settle()
        interrupt(server)
    server.await_end()
    return result(server, wanted=lines, sent=sent)


def _shell_client(line: bytes, server: Player) -> bool:
    """Another program, which knows nothing but the name. It is ended when nobody opens the FIFO: False."""
    program = subprocess.Popen(["/bin/sh", "-c", f"cat > {fifo_path()}"], stdin=subprocess.PIPE)
    assert program.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        program.stdin.write(line + b"\n")
        program.stdin.close()
    server.await_lines(len(server.lines) + 1)
    if server.has_ended or program.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(0.5)
    program.kill()
    return program.wait() == 0


def take_signals() -> None:
    signal.signal(signal.SIGUSR1, lambda *_: None)


def interrupt(player: Player) -> None:
    """A signal that the caller has a handler for, while the call waits."""
    if not player.has_ended:
        os.kill(player.pid, signal.SIGUSR1)
        player.settle()


def between(functions: SimpleNamespace, pairs: list[list[bytes]]) -> Outcome:
    """Again and again a client comes, writes and goes just after the server has met an end of file."""
    wanted = [line for pair in pairs for line in pair]
    server, may_hold, sent = start(functions, len(wanted)), True, 0
    for number, (first, second) in enumerate(pairs):
        client = Client(fifo_path(), server)
        sent += client.write(first + b"\n")
        if not (server.await_lines(2 * number + 1) and client.is_open):
            client.close()
            break
        server.settle()
        if may_hold:
            may_hold = server.hold_after(client.close)
        client.close()
        came = _come_by(second)
        server.let_go()
        sent += came or send(fifo_path(), server, second + b"\n")
        if not server.await_lines(2 * number + 2):
            break
    server.await_end()
    return result(server, wanted=wanted, sent=sent)


def _come_by(line: bytes) -> bool:
    """A client that does not wait: False when nobody has the FIFO open for reading."""
    try:
        fd = os.open(fifo_path(), os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return False
    os.write(fd, line + b"\n")
    os.close(fd)
    return True


def crowd(functions: SimpleNamespace, sent: list[list[bytes]]) -> Outcome:
    """Several clients have the FIFO open at the same time, and write in turn."""
    server = start(functions, sum(map(len, sent)))
    clients = [Client(fifo_path(), server) for _ in sent]
    order, written = [], 0
    for lines in zip(*sent, strict=True):
        for client, line in zip(clients, lines, strict=True):
            written += client.write(line + b"\n")
            order.append(line)
    for client in clients:
        client.close()
    server.await_end()
    return result(server, wanted=order, sent=written)


def pieces(functions: SimpleNamespace, writes: list[bytes], count: int) -> Outcome:
    """One client writes these, and waits after each until the server has taken it."""
    server = start(functions, count)
    client = Client(fifo_path(), server)
    for data in writes:
        if not client.write(data):
            break
        client.await_read()
    server.await_end()
    client.close()
    stream = b"".join(writes)
    sent = stream[: client.written].count(b"\n")
    return result(server, wanted=stream.split(b"\n")[:count], sent=sent)


def surplus(functions: SimpleNamespace, lines: list[bytes], count: int) -> Outcome:
    """More lines than are wanted, in one write, and a client that stays: can it still be kept waiting?

    And one that comes just before the name is removed?
    """
    server = start(functions, count, partial(notice_dead_names, fifo_path()))
    client, other = Client(fifo_path(), server), Client(fifo_path(), server)
    client.write(b"".join(line + b"\n" for line in lines))
    server.await_end()
    told = True
    if server.end and other.is_open:
        try:
            os.write(other.fd, b"one more\n")
            told = False
        except OSError as error:
            told = isinstance(error, BrokenPipeError)
    for each in (client, other):
        each.close()
    return result(server, wanted=lines[:count], told=told)
