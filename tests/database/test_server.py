"""The server as a whole, through its socket."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import stat
import termios
import time
from pathlib import Path
from threading import Thread

import pytest
from served import names_of, wait_until

from ipclab.database import Client, OutcomeUnknown, protocol
from ipclab.database.launch import Server, launched
from ipclab.database.layout import SLOT
from ipclab.database.server import MOST_SLOTS
from ipclab.ipc import owners


def connected(server: Server) -> socket.socket:
    raw = socket.socket(socket.AF_UNIX)
    raw.settimeout(20)
    raw.connect(server.socket_path)
    return raw


def until_end(raw: socket.socket) -> bytes:
    received = bytearray()
    while portion := raw.recv(65536):
        received += portion
    return bytes(received)


def test_pairs_of_all_sizes(client: Client) -> None:
    for key in (b"", b"k", b"\0\xff", b"k" * 64, b"k" * 65, b"k" * 70_000):
        assert client.get(key) is None
        for value in (b"", b"v", b"v" * 255, b"v" * 256, b"v" * 1_000_000, b"w"):
            client.set(key, value)
            assert client.get(key) == value == client.get(key)
        client.delete(key)
        assert client.get(key) is None
        client.delete(key)


def test_all_workers_share_what_one_has_fetched(server: Server) -> None:
    clients = [server.client() for _ in range(4)]
    try:
        clients[0].set(b"k", b"0")
        for turn in range(200):
            clients[turn % 4].set(b"k", b"%d" % turn)
            assert [each.get(b"k") for each in clients] == [b"%d" % turn] * 4
        assert len(clients[0].stats()["workers"]) == 2
        wait_until(lambda: clients[0].stats()["hits"] == 800)  # a worker tells after its answer
    finally:
        for each in clients:
            each.close()


def test_values_outlive_the_server(path: Path) -> None:
    with launched(path, 1) as first, first.client() as client:
        client.set(b"k", b"v")
        assert first.stop() == 0
    with launched(path, 1) as second, second.client() as client:
        assert client.get(b"k") == b"v"


def test_who_kills_a_worker_disturbs_nobody(server: Server, client: Client) -> None:
    client.set(b"k", b"v")
    before = client.stats()["workers"]
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert client.get(b"k") == b"v"
    wait_until(lambda: len(client.stats()["workers"]) == 2)
    assert not set(before) & set(client.stats()["workers"])


def test_a_set_whose_worker_dies_raises(client: Client) -> None:
    workers = client.stats()["workers"]
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)

    def kill_when_asked() -> None:
        assert client._connection is not None
        wait_until(lambda: fcntl.ioctl(client._connection, termios.TIOCOUTQ, b"1234") != b"\0" * 4)
        for pid in workers:
            os.kill(pid, signal.SIGKILL)

    killer = Thread(target=kill_when_asked)
    killer.start()
    with pytest.raises(OutcomeUnknown, match="may have been done or not"):
        client.set(b"k", b"v")
    killer.join()
    wait_until(lambda: not set(workers) & set(client.stats()["workers"]))
    client.set(b"k", b"w")
    assert client.get(b"k") == b"w"


def test_only_this_user_may_connect(server: Server) -> None:
    for path in (server.socket_path, server.socket_path.removesuffix(".sock")):
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_a_second_server_on_one_database_is_refused(server: Server, path: Path) -> None:
    serves = f"process {server.pid} serves this database already"
    with pytest.raises(RuntimeError, match=serves), launched(path, 1, "--socket", f"{path}.other"):
        pass
    other, options = path.with_name("other.db"), ("--socket", server.socket_path)
    with pytest.raises(RuntimeError, match="another server"), launched(other, 1, *options):
        pass


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_bytes(b"no database at all, but long enough to be one" * 100)
    with pytest.raises(RuntimeError, match="is it an SQLite file"), launched(path, 1):
        pass
    assert names_of(path) == []


def test_after_a_sigkill_of_the_supervisor_all_end_and_the_next_start_cleans(path: Path) -> None:
    with launched(path, 2) as server, server.client() as client:
        client.set(b"k", b"v")
        workers = client.stats()["workers"]
        starts = {pid: owners.start_of(str(pid)) for pid in workers}
        server.process.kill()
        server.process.wait()
        wait_until(lambda: all(owners.start_of(str(pid)) != starts[pid] for pid in workers))
    assert names_of(path), "the names are still there"
    with launched(path, 2) as server, server.client() as client:
        assert client.get(b"k") == b"v"
    assert names_of(path) == []
    assert not Path(server.socket_path).exists()


def test_a_malformed_message_ends_its_connection_only(server: Server, client: Client) -> None:
    for data in (
        protocol.LENGTH.pack(0) + b"G",
        protocol.LENGTH.pack(2**32 - 1) + b"G",
        protocol.message(ord("x"), b"key"),
        protocol.message(protocol.SET, b"\xff\xff\xff\xffk"),
    ):
        with connected(server) as raw:
            raw.sendall(protocol.message(protocol.GET, b"none") + data)
            received = bytearray(until_end(raw))
            assert protocol.take(received) == (protocol.NOTHING, b"")
            answer = protocol.take(received)
            assert answer is not None and answer[0] == protocol.ERROR and answer[1]
            assert not received
    client.set(b"k", b"v")
    assert client.get(b"k") == b"v"


def test_ten_thousand_random_bytes(server: Server, client: Client) -> None:
    client.set(b"k", b"v")
    workers = client.stats()["workers"]
    for _ in range(20):
        with connected(server) as raw:
            try:
                raw.sendall(os.urandom(10_000))
                raw.shutdown(socket.SHUT_WR)
                until_end(raw)
            except (BrokenPipeError, ConnectionResetError):
                continue
    assert client.get(b"k") == b"v" and client.stats()["workers"] == workers


def test_one_who_asks_and_does_not_read_keeps_nobody_waiting(server: Server, path: Path) -> None:
    value = b"v" * 500_000
    with server.client() as client:
        client.set(b"big", value)
    slow = [connected(server) for _ in range(4)]
    try:
        for raw in slow:
            raw.sendall(protocol.message(protocol.GET, b"big") * 50)  # 25 MB of answers each
        with server.client() as one, server.client() as two:
            for _ in range(100):
                assert one.get(b"none") is two.get(b"none") is None
        slow[0].shutdown(socket.SHUT_WR)
        expected = protocol.message(protocol.VALUE, value) * 50
        assert until_end(slow[0]) == expected, "and it still gets all of its answers"
    finally:
        for raw in slow:
            raw.close()


def test_an_idle_connection_keeps_nobody_waiting(server: Server) -> None:
    idle = [connected(server) for _ in range(20)]
    half = connected(server)
    half.sendall(b"\x05\0")
    with server.client() as client:
        client.set(b"k", b"v")
        assert client.get(b"k") == b"v"
    for raw in (*idle, half):
        raw.close()


def test_answers_come_in_the_order_of_the_requests(server: Server) -> None:
    with server.client() as client:
        for number in range(100):
            client.set(b"%d" % number, b"v%d" % number)
    with connected(server) as raw:
        raw.sendall(b"".join(protocol.message(protocol.GET, b"%d" % n) for n in range(100)))
        raw.shutdown(socket.SHUT_WR)
        expected = [protocol.message(protocol.VALUE, b"v%d" % n) for n in range(100)]
        assert until_end(raw) == b"".join(expected)


def test_a_sigterm_lets_those_who_asked_have_their_answers(server: Server) -> None:
    with connected(server) as raw:
        raw.sendall(protocol.message(protocol.SET, protocol.set_body(b"k", b"v" * 200_000)))
        raw.sendall(protocol.message(protocol.GET, b"k") * 20)
        assert raw.recv(1, socket.MSG_PEEK)
        server.process.terminate()
        expected = protocol.message(protocol.DONE)
        expected += protocol.message(protocol.VALUE, b"v" * 200_000) * 20
        assert until_end(raw) == expected
    assert server.process.wait(10) == 0


def test_a_full_dev_shm_is_a_sentence(path: Path) -> None:
    room = os.statvfs("/dev/shm")
    slots = room.f_blocks * room.f_frsize // SLOT.size + 1
    if not room.f_blocks or slots > MOST_SLOTS:
        pytest.skip("/dev/shm has no limit here that could be reached")
    with (
        pytest.raises(RuntimeError, match="no room in /dev/shm"),
        launched(path, 1, "--slots", str(slots)),
    ):
        pass
    assert names_of(path) == []


def test_an_idle_server_takes_no_time(server: Server, client: Client) -> None:
    pids = [server.pid, *client.stats()["workers"]]

    def ticks() -> int:
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
        return sum(int(each[11]) + int(each[12]) for each in fields)

    def waits() -> int:
        """How often they went to sleep: as often as they were woken."""
        lines = [Path(f"/proc/{pid}/status").read_text().splitlines() for pid in pids]
        return sum(int(line[24:]) for each in lines for line in each if line.startswith("volunt"))

    def asleep() -> bool:
        states = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][1] for pid in pids]
        return states == ["S"] * len(pids)

    wait_until(asleep)  # the answer to the last request is not the end of its work
    before = ticks(), waits()
    time.sleep(1)
    assert ticks() - before[0] <= 1, "more than 1 % of a processor"
    assert waits() - before[1] <= 1, "somebody woke up although nothing had happened"
