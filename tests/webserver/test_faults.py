"""Clients that are slow, endless, rude or random; publishers and workers that stop half way."""

from __future__ import annotations

import os
import random
import signal
import socket
import struct
import time
from collections.abc import Iterator

import pytest
from web_process import WebProcess, clients, request, until

from ipclab.webserver import Config
from ipclab.webserver.config import CONFIG
from ipclab.webserver.publishing import checksum, publication_of
from ipclab.webserver.shared import Shared

SHORT_LIMITS = (
    "import ipclab.webserver.connections as c, ipclab.webserver.worker as w;"
    "c.REQUEST_TIMEOUT, c.IDLE_TIMEOUT, c.WRITE_TIMEOUT, c.LINGER_TIMEOUT = 0.4, 0.6, 0.4, 0.3; w.SWEEP = 0.1"
)


@pytest.fixture(scope="module")
def impatient() -> Iterator[WebProcess]:
    """A server with time limits of half a second."""
    with WebProcess(patch=SHORT_LIMITS) as process:
        yield process


@pytest.fixture(autouse=True)
def same_workers(server: WebProcess) -> Iterator[None]:
    """Whatever a client does, it ends no worker, and leaves no connection."""
    before = server.workers()
    yield
    assert server.get("/").status == 200
    assert server.workers() == before
    until(lambda: connections(server) == 0, "the connections are closed")


def connections(server: WebProcess) -> int:
    return sum(worker["connections"] for worker in server.shown()["workers"])


@pytest.mark.parametrize(
    ("sent", "answer"),
    [(request("/none" * 200), b"HTTP/1.1 408 Request Timeout\r\n"), (b"\r\n" * 500, b"")],
    ids=["a long request", "empty lines"],
)
def test_a_slow_sender_gains_no_time_by_its_bytes(
    impatient: WebProcess, sent: bytes, answer: bytes
) -> None:
    with impatient.connect() as client:
        start = time.monotonic()
        with pytest.raises(ConnectionError):
            for byte in sent:
                client.send(bytes([byte]))
                time.sleep(0.01)
                client.socket.setblocking(False)
                try:
                    client.rest += client.receive(1000)
                except BlockingIOError:
                    pass
                client.socket.setblocking(True)
        assert time.monotonic() - start > 0.4
        assert client.rest.startswith(answer) and bool(client.rest) == bool(answer)


@pytest.mark.parametrize("sent", [b"", request("/")])
def test_an_idle_connection_is_closed_without_a_word(impatient: WebProcess, sent: bytes) -> None:
    with impatient.connect() as client:
        if sent:
            client.send(sent)
            assert client.answer().status == 200
        assert client.ended()


def test_a_client_that_takes_no_answers_is_dropped(impatient: WebProcess) -> None:
    with impatient.connect(buffers=4096) as client, pytest.raises(ConnectionError):
        while True:
            client.send(request("/") * 1000)


def test_a_refused_client_may_not_stay(impatient: WebProcess) -> None:
    with impatient.connect() as client:
        client.send(b"nonsense\r\n\r\n")
        assert client.answer().status == 400
        until(
            lambda: connections(impatient) == 0, "closed by the server, though the client is there"
        )


@pytest.mark.parametrize(
    ("start", "more", "status"),
    [
        (b"GET /", b"a" * 1000, 414),
        (b"GET / HTTP/1.1\r\nX: ", b"a" * 1000, 431),
        (b"GET / HTTP/1.1\r\n", b"X: a\r\n" * 10, 431),
        (b"GET / HTTP/1.1\r\n", b"a" * 1000, 431),
        (request("/", "POST", "Transfer-Encoding: chunked"), b"1\r\na\r\n" * 1000, 413),
        (request("/", "POST", "Transfer-Encoding: chunked"), b"1;" + b"a" * 1000, 413),
        (request("/", "POST", "Transfer-Encoding: chunked") + b"0\r\n", b"X: a\r\n" * 10, 431),
        (request("/", "POST", "Transfer-Encoding: chunked") + b"0\r\nX: ", b"a" * 10000, 413),
    ],
    ids=["target", "header", "headers", "name", "chunks", "chunk head", "trailers", "trailer"],
)
def test_what_has_no_end_is_refused(
    server: WebProcess, start: bytes, more: bytes, status: int
) -> None:
    with server.connect() as client:
        client.send(start)
        sent = 0
        client.socket.setblocking(False)
        while not client.rest and sent < 2_000_000:
            try:
                sent += client.socket.send(more)
                client.rest += client.receive(10000)
            except BlockingIOError:
                time.sleep(0.0005)
        client.socket.settimeout(20)
        assert client.answer().status == status


def random_bytes(seed: int) -> bytes:
    return random.Random(seed).randbytes(10_000)


def damaged(seed: int) -> bytes:
    """A few requests with some bytes changed, left out or doubled."""
    chance = random.Random(seed)
    data = bytearray(
        request("/config", "POST", "Content-Length: 5")
        + b"hello"
        + request("/", "GET", "Transfer-Encoding: chunked")
        + b"3\r\nabc\r\n0\r\n\r\n"
        + request("/")
    )
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(data))
        data[place : place + chance.randint(0, 2)] = chance.choice(
            [b"", b"\0", b"\r\n", b" ", b"9", b":", chance.randbytes(1), data[place : place + 9]]
        )
    return bytes(data)


def survives(server: WebProcess, data: bytes) -> None:
    """Whatever is answered is an answer, and the connection ends when the client says so."""
    with server.connect() as client:
        try:
            client.send(data)
            client.socket.shutdown(socket.SHUT_WR)
            while True:
                assert client.answer().status in {200, 400, 404, 405, 413, 414, 417, 431, 501, 505}
        except ConnectionError:
            pass


@pytest.mark.parametrize("make", [random_bytes, damaged])
def test_random_input(server: WebProcess, make: object) -> None:
    for seed in range(50):
        survives(server, make(seed))  # type: ignore[operator]


@pytest.mark.long
@pytest.mark.parametrize("make", [random_bytes, damaged])
def test_much_random_input(server: WebProcess, make: object) -> None:
    for seed in range(50, 5000):
        survives(server, make(seed))  # type: ignore[operator]


def test_clients_that_leave_rudely(server: WebProcess) -> None:
    """A reset instead of an end of file, at any moment."""
    for moment in range(60):
        client = server.connect()
        client.send((request("/") * 3)[:moment])
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()


def test_without_descriptors_clients_wait() -> None:
    """A worker that cannot accept leaves the others' clients alone, and serves who waits when one leaves."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))"
    with WebProcess(workers=1, patch=limit) as full:
        many = [full.connect() for _ in range(30)]
        for client in many:
            client.send(request("/"))
        for client in many:
            assert client.answer().status == 200
            client.close()


def test_a_publisher_killed_in_mid_publication_changes_all_or_nothing(server: WebProcess) -> None:
    with Shared.attach(server.port) as shared, server.connect() as client:
        client.get("/")
        sequence = shared.words[0]
        config = Config(server.shown()["version"] + 1, 5, 500, b"published, then killed")
        data = CONFIG.pack(*config)
        shared.state["journal"] = data
        assert client.get("/").body != config.greeting
        shared.state["journal_checksum"] = checksum(data, publication_of(sequence + 1))
        shared.words[0] = sequence + 1
        shared.config.map[8:40] = bytes(32)  # it was killed while it copied
        assert client.get("/").body == config.greeting
    assert server.shown()["version"] == config.version
    done = server.update("--verbosity", "0")
    assert done["version"] == config.version + 1
    assert server.get("/").body == config.greeting


def test_a_stopped_worker_does_not_stop_a_publication(own_server: WebProcess) -> None:
    stopped, _ = own_server.workers()
    os.kill(stopped, signal.SIGSTOP)
    done = own_server.update("--greeting", "one is asleep")
    assert (done["workers"], done["taken_up"]) == (2, 1)
    with clients(own_server, 8) as many:
        assert {client.get("/").body for client in many} == {b"one is asleep"}
    os.kill(stopped, signal.SIGCONT)
    assert own_server.update("--verbosity", "0")["taken_up"] == 2


def test_worker_killed_under_load(own_server: WebProcess) -> None:
    """Its own connections break; those of others, and all new ones, are served."""
    with clients(own_server, 10) as many:
        served_by = {client: client.get() for client in many}
        victim = own_server.workers()[0]
        os.kill(victim, signal.SIGKILL)
        broken = 0
        for client, before in served_by.items():
            try:
                assert client.get("/").status == 200
            except ConnectionError:
                broken += 1
                assert str(victim).encode() in before.body
        assert broken == sum(str(victim).encode() in each.body for each in served_by.values())
        assert [own_server.get("/").status for _ in range(10)] == [200] * 10
