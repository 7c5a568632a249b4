"""The server's beginning and end, its workers' deaths, and what is left."""

from __future__ import annotations

import os
import signal
import socket
import time

import pytest
from web_process import WebProcess, left_on, request, until, wait_for_end

from ipclab.cli import main


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_and_nothing_is_left(own_server: WebProcess, number: int) -> None:
    workers = own_server.workers()
    assert len(left_on(own_server.port)) == 4
    assert own_server.stop(number) == 0
    assert left_on(own_server.port) == []
    assert not [pid for pid in workers if os.path.exists(f"/proc/{pid}")]
    with socket.create_server(("127.0.0.1", own_server.port)):
        pass  # the port is free again


def test_a_request_that_has_begun_is_finished(own_server: WebProcess) -> None:
    whole = request("/")
    with own_server.connect() as idle, own_server.connect() as client:
        assert idle.get("/").status == 200
        client.send(request("/none") + whole[:10])
        assert client.answer().status == 404
        own_server.process.send_signal(signal.SIGTERM)
        assert idle.ended()
        client.send(whole[10:])
        assert client.answer().status == 200
        assert client.ended()
    assert own_server.process.wait(20) == 0


def test_waiting_costs_less_than_a_hundredth_of_a_processor(server: WebProcess) -> None:
    pids = [server.pid, *server.workers()]
    server.update("--verbosity", "0")
    before, start = sum(map(on_processor, pids)), time.monotonic()
    time.sleep(1.5)
    assert sum(map(on_processor, pids)) - before < 0.01 * (time.monotonic() - start)


def on_processor(pid: int) -> float:
    """Seconds that a process has run. man 5 proc_pid_schedstat."""
    with open(f"/proc/{pid}/schedstat") as file:
        return int(file.read().split()[0]) / 1e9


def test_a_killed_worker_is_replaced(own_server: WebProcess) -> None:
    own_server.update("--greeting", "before the kill")
    first, second = own_server.workers()
    os.kill(first, signal.SIGKILL)
    until(lambda: len(set(own_server.workers()) - {first}) == 2, "another worker")
    [new] = set(own_server.workers()) - {second}
    shown = until(
        lambda: [w for w in own_server.shown()["workers"] if w["pid"] == new], "its row is filled"
    )
    assert shown[0]["version"] == 2
    assert own_server.update("--verbosity", "4")["taken_up"] == 2
    with own_server.connect() as one, own_server.connect() as other:
        assert [one.get("/").body, other.get("/").body] == [b"before the kill"] * 2
    assert "was killed by signal 9; another one takes its place" in own_server.log()


def test_connections_of_a_killed_worker_do_not_count(own_server: WebProcess) -> None:
    own_server.update("--max-connections", "2")
    with own_server.connect() as one, own_server.connect() as other:
        assert [one.get("/").status, other.get("/").status] == [200, 200]
        victim = own_server.workers()[0]
        os.kill(victim, signal.SIGKILL)
        until(lambda: own_server.shown()["workers"][0]["pid"] != victim, "another worker")
        assert own_server.get("/").status == 200


def test_when_the_server_is_killed_the_workers_end_and_the_next_one_clears(
    own_server: WebProcess,
) -> None:
    workers = own_server.workers()
    with own_server.connect() as client:
        client.send(request("/")[:10])  # a request that has begun must not keep the port
        os.kill(own_server.pid, signal.SIGKILL)
        own_server.process.wait()
        assert len(left_on(own_server.port)) == 4
        done = own_server.command("show-config")
        assert done.returncode == 2
        assert f"your web server on port {own_server.port} was killed; start it anew" in done.stderr
        with WebProcess(port=own_server.port) as next_one:
            assert next_one.get("/").status == 200
            assert next_one.shown()["version"] == 1
            wait_for_end(workers)
            assert client.ended()
    assert left_on(own_server.port) == []


def test_a_stopped_worker_of_a_killed_server_is_in_nobodys_way(own_server: WebProcess) -> None:
    workers = own_server.workers()
    os.kill(workers[0], signal.SIGSTOP)
    os.kill(own_server.pid, signal.SIGKILL)
    own_server.process.wait()
    with WebProcess(port=own_server.port) as next_one:
        assert next_one.get("/").status == 200
    wait_for_end(workers)


def test_a_port_in_use_is_told(server: WebProcess) -> None:
    before = left_on(server.port)
    done = server.command("serve")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"port {server.port} is taken by another program" in done.stderr
    assert left_on(server.port) == before
    assert server.get("/").status == 200


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--port", "70000"], "--port 70000"),
        (["--workers", "0"], "--workers 0"),
        (["--host", "192.0.2.1"], "192.0.2.1"),
        (["--with", "/nonexistent.py"], "/nonexistent.py can't be read"),
    ],
)
def test_what_cannot_be_served_is_told(
    options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["webserver", "serve", "--port", "0", *options]) == 2
    printed = capsys.readouterr()
    assert words in printed.err
    assert printed.out == ""
