"""GET / and GET /config, and everything that HTTP asks for around them."""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Iterator

import pytest
from web_process import WebProcess, clients, request


def test_the_greeting_is_text(server: WebProcess) -> None:
    answer = server.get("/")
    assert (answer.status, answer.body) == (200, server.shown()["greeting"].encode())
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["date"].endswith("GMT")


def test_the_configuration_is_json(server: WebProcess) -> None:
    answer = server.get("/config")
    found = json.loads(answer.body)
    assert answer.headers["content-type"] == "application/json"
    assert list(found) == ["version", "verbosity", "max_connections", "greeting", "worker"]
    assert found["worker"] in server.workers()


def test_a_connection_serves_many_requests(server: WebProcess) -> None:
    with server.connect() as client:
        workers = {json.loads(client.get().body)["worker"] for _ in range(20)}
    assert len(workers) == 1


def test_requests_sent_ahead_are_answered_in_order(server: WebProcess) -> None:
    with server.connect() as client:
        client.send((request("/") + request("/none") + request("/config")) * 200)
        statuses = [client.answer().status for _ in range(600)]
    assert statuses == [200, 404, 200] * 200


def test_a_request_may_come_byte_by_byte(server: WebProcess) -> None:
    with server.connect() as client:
        for byte in request("/"):
            client.send(bytes([byte]))
        assert client.answer().status == 200


def test_more_connections_than_workers_are_all_served(server: WebProcess) -> None:
    """All stay open: a worker that waited for one of its clients would starve the others."""
    with clients(server, 40) as many:
        for _ in range(3):
            for client in many:
                client.send(request())
            assert [client.answer().status for client in many] == [200] * 40


@pytest.fixture(scope="module")
def patient() -> Iterator[WebProcess]:
    """On a busy machine a worker may come late: here the others wait for it."""
    with WebProcess(workers=3, patch="import ipclab.webserver.worker as w; w.PATIENCE = 9") as it:
        yield it


def test_workers_share_the_connections(patient: WebProcess) -> None:
    with clients(patient, 60) as many:
        workers = Counter(json.loads(client.get().body)["worker"] for client in many)
        assert list(workers.values()) == [20, 20, 20]


def test_a_connection_that_has_ended_does_not_count(patient: WebProcess) -> None:
    """Its worker may not have noticed when another one is asked for the next connection."""
    patient.update("--max-connections", "1")
    assert [patient.get("/").status for _ in range(100)] == [200] * 100
    patient.update("--max-connections", "1000")


def test_head_has_the_same_head_and_no_body(server: WebProcess) -> None:
    with server.connect() as client:
        client.send(request("/", "HEAD"))
        head = client.answer(head_only=True)
        assert head.headers["content-length"] == str(len(client.get("/").body))


@pytest.mark.parametrize(
    ("lines", "status", "stays"),
    [
        ("GET /?query HTTP/1.1\r\nHost: a", 200, True),
        ("GET http://a/config?x=1 HTTP/1.1\r\nHost: a", 200, True),
        ("GET /none HTTP/1.1\r\nHost: a", 404, True),
        ("GET /config/ HTTP/1.1\r\nHost: a", 404, True),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0", 405, True),
        ("OPTIONS * HTTP/1.1\r\nHost: a", 404, True),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close", 200, False),
        ("GET / HTTP/1.0", 200, False),
        ("GET / HTTP/1.0\r\nConnection: keep-alive", 200, True),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket", 200, False),
        ("GET / HTTP/1.1", 400, False),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b", 400, False),
        ("GET /", 400, False),
        ("nonsense", 400, False),
        ("GET / HTTP/1.1\r\nHost : a", 400, False),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1", 400, False),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
            400,
            False,
        ),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537", 413, False),
        ("GET /" + 3000 * "a" + " HTTP/1.1\r\nHost: a", 414, False),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: " + 9000 * "a", 431, False),
        ("GET / HTTP/1.1\r\nHost: a" + 70 * "\r\nX: a", 431, False),
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nContent-Length: 1", 417, False),
        ("FETCH / HTTP/1.1\r\nHost: a", 501, False),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip", 501, False),
        ("GET / HTTP/2.0\r\nHost: a", 505, False),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
def test_statuses(server: WebProcess, lines: str, status: int, stays: bool) -> None:
    with server.connect() as client:
        client.send(lines.encode() + b"\r\n\r\n")
        answer = client.answer()
        assert answer.status == status
        if stays:
            assert client.get("/").status == 200
        else:
            assert answer.headers["connection"] == "close"
            assert client.ended()


def test_an_allowed_method_is_named(server: WebProcess) -> None:
    with server.connect() as client:
        client.send(request("/config", "DELETE"))
        assert client.answer().headers["allow"] == "GET, HEAD"


def test_a_body_is_thrown_away(server: WebProcess) -> None:
    with server.connect() as client:
        client.send(request("/", "GET", "Content-Length: 65536") + 65536 * b"x" + request("/none"))
        assert [client.answer().status for _ in range(2)] == [200, 404]
        chunked = request("/", "POST", "Transfer-Encoding: chunked")
        client.send(chunked + b"3\r\nabc\r\n" * 100 + b"0\r\n\r\n" + request("/none"))
        assert [client.answer().status for _ in range(2)] == [405, 404]


def test_a_client_that_asks_may_send_its_body(server: WebProcess) -> None:
    with server.connect() as client:
        client.send(request("/", "GET", "Content-Length: 3", "Expect: 100-continue"))
        assert client.answer().status == 100
        client.send(b"abc")
        assert client.answer().status == 200


def test_a_body_that_is_refused_is_not_asked_for(server: WebProcess) -> None:
    with server.connect() as client:
        client.send(request("/", "PUT", "Content-Length: 99999", "Expect: 100-continue"))
        assert client.answer().status == 413
        assert client.ended()


def test_an_interim_answer_comes_after_those_before_it(server: WebProcess) -> None:
    with server.connect() as client:
        asking = request("/", "GET", "Content-Length: 3", "Expect: 100-continue")
        client.send(request("/none") + asking)
        assert [client.answer().status for _ in range(2)] == [404, 100]
        client.send(b"abc" + request("/none"))
        assert [client.answer().status for _ in range(2)] == [200, 404]


def test_a_client_that_reads_nothing_gets_all_in_the_end(server: WebProcess) -> None:
    """Its answers fill the socket: the worker waits for room, serves others, and takes no more requests."""
    with server.connect(buffers=8192) as client:
        client.socket.settimeout(0.2)
        sent = 0
        with pytest.raises(TimeoutError):
            while True:
                sent += client.socket.send(request("/") * 1000)
        assert server.get("/").status == 200
        client.socket.settimeout(20)
        client.socket.shutdown(socket.SHUT_WR)
        answers = b"".join(iter(lambda: client.receive(1 << 20), b""))
    assert answers.count(b"HTTP/1.1 200 OK\r\n") == sent // len(request("/"))
