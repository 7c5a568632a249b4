"""FIFOs between processes that meet by the name alone."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ipclab.ipc.fifos import send_line, serve_lines
from ipclab.ipc.processes import reap, spawn


@pytest.fixture
def path(tmp_path: Path) -> Iterator[str]:
    before = os.listdir("/proc/self/fd")
    yield str(tmp_path / "fifo")
    assert os.listdir("/proc/self/fd") == before


def send_each(path: str, lines: list[bytes]) -> int:
    """A client that sends these lines, one connection each; its pid."""

    def send() -> None:
        for line in lines:
            send_line(path, line)

    return spawn(send)


def served(path: str, count: int) -> list[bytes]:
    lines: list[bytes] = []
    assert serve_lines(path, lines.append, count) is None
    return lines


def test_lines_of_clients_that_come_and_go(path: str) -> None:
    sent = [b"one", b"", b"\xff\r", b" three "]
    client = send_each(path, sent)
    assert served(path, 4) == sent
    assert reap(client) == 0
    assert not os.path.lexists(path)


def test_several_clients_at_once(path: str) -> None:
    sent = [[b"%d %d" % (client, number) for number in range(20)] for client in range(3)]
    clients = [send_each(path, lines) for lines in sent]
    got = served(path, 60)
    assert [reap(client) for client in clients] == [0, 0, 0]
    assert [[line for line in got if line.startswith(b"%d " % each)] for each in range(3)] == sent


def test_a_line_may_come_in_pieces_and_many_lines_at_once(path: str) -> None:
    os.mkfifo(path)

    def send() -> None:
        fd = os.open(path, os.O_WRONLY)
        for piece in (b"ab", b"c\nd\ne", b"f\nsurplus\n"):
            os.write(fd, piece)
        os._exit(0)

    client = spawn(send)
    assert served(path, 3) == [b"abc", b"d", b"ef"]
    assert reap(client) == 0


def test_no_line_to_handle(path: str) -> None:
    assert served(path, 0) == []
    assert not os.path.lexists(path)


def test_only_the_user_may_open_it(path: str) -> None:
    modes: list[int] = []

    def look(line: bytes) -> None:
        modes.append(stat.S_IMODE(os.stat(path).st_mode))

    client = send_each(path, [b"x"])
    umask = os.umask(0)
    try:
        serve_lines(path, look, 1)
    finally:
        os.umask(umask)
    assert (modes, reap(client)) == ([0o600], 0)


def test_an_exception_of_handle_ends_the_service(path: str) -> None:
    client = send_each(path, [b"x"])
    with pytest.raises(ZeroDivisionError):
        serve_lines(path, lambda line: print(1 // 0), 5)
    assert reap(client) == 0
    assert not os.path.lexists(path)


def test_what_is_not_a_fifo_stays(path: str) -> None:
    Path(path).write_text("mine")
    with pytest.raises(FileExistsError):
        served(path, 1)
    assert Path(path).read_text() == "mine"


def test_a_client_waits_for_its_server(path: str) -> None:
    client = threading.Thread(target=send_line, args=(path, b"early"))
    client.start()
    assert served(path, 1) == [b"early"]
    client.join()


def test_a_client_without_a_server_is_told(path: str) -> None:
    with pytest.raises(FileNotFoundError):
        send_line(path, b"x")


def test_a_line_fits_into_one_write_or_is_refused(path: str) -> None:
    os.mkfifo(path)
    fd = os.open(path, os.O_RDWR)
    limit = os.fpathconf(fd, "PC_PIPE_BUF")
    with pytest.raises(ValueError, match="shorter"):
        send_line(path, bytes(limit))
    send_line(path, b"x" * (limit - 1))
    assert os.read(fd, 2 * limit) == b"x" * (limit - 1) + b"\n"
    os.close(fd)


def test_surplus_clients_are_not_kept(path: str) -> None:
    def send() -> None:
        fd = os.open(path, os.O_WRONLY)
        with pytest.raises(BrokenPipeError):
            while True:
                os.write(fd, b"line\n")
        os._exit(7)

    os.mkfifo(path)
    client = spawn(send)
    assert served(path, 2) == [b"line", b"line"]
    assert reap(client) == 7
