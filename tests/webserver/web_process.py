"""A web server in processes of its own, and a client that shows every byte."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from ipclab.cli import main
from ipclab.ipc.names import FOLDER

IPCLAB = [sys.executable, "-m", "ipclab", "webserver"]
DEADLINE = 20.0  # seconds for anything at all


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes


class Outcome(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


class WebProcess:
    """`ipclab webserver serve`; leaving `with` stops it and fails the test if anything is left."""

    def __init__(self, *arguments: str, port: int = 0, workers: int = 2, patch: str = "") -> None:
        options = ["serve", "--port", str(port), "--workers", str(workers), *arguments]
        command = [*IPCLAB, *options]
        if patch:  # other time limits
            program = (
                f"import sys; {patch}; from ipclab.cli import main; sys.exit(main(sys.argv[1:]))"
            )
            command = [sys.executable, "-c", program, "webserver", *options]
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self.errors, text=True, start_new_session=True
        )
        assert self.process.stdout
        assert self.process.stdout.readline() == "ready\n", self.log()
        self.port = int(re.search(r"http://[^/]*:(\d+)/", self.log())[1])  # type: ignore[index]

    def log(self) -> str:
        self.errors.seek(0)
        return self.errors.read()

    @property
    def pid(self) -> int:
        return self.process.pid

    def workers(self) -> list[int]:
        with open(f"/proc/{self.pid}/task/{self.pid}/children") as file:
            return [int(pid) for pid in file.read().split()]

    def connect(self, buffers: int = 0) -> Client:
        return Client(self.port, buffers)

    def get(self, path: str = "/config") -> Answer:
        with self.connect() as client:
            return client.get(path)

    def command(self, name: str, *options: str) -> Outcome:
        """A command, without the cost of another interpreter: all it shares with the server is the port."""
        stdout, stderr = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            status = main(["webserver", name, "--port", str(self.port), *options])
        return Outcome(status, stdout.getvalue(), stderr.getvalue())

    def update(self, *options: str) -> dict[str, Any]:
        done = self.command("update-config", "--json", *options)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    def shown(self) -> dict[str, Any]:
        return dict(json.loads(self.command("show-config", "--json").stdout))

    def stop(self, number: int = signal.SIGTERM) -> int:
        """The exit status after a signal."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(DEADLINE)

    def __enter__(self) -> WebProcess:
        return self

    def __exit__(self, *exception: object) -> None:
        workers = self.workers() if self.process.poll() is None else []
        try:
            self.stop()
            assert not [pid for pid in workers if os.path.exists(f"/proc/{pid}")]
            assert left_on(self.port) == []
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()  # type: ignore[union-attr]
            self.errors.close()


class Client:
    """One connection. What is received and not asked for yet stays in `rest`."""

    def __init__(self, port: int, buffers: int = 0) -> None:
        self.socket = socket.socket()
        self.socket.settimeout(DEADLINE)
        if buffers:  # before it connects: a connection cannot take back what it has offered
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffers)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffers)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def get(self, path: str = "/config") -> Answer:
        self.send(request(path))
        return self.answer()

    def answer(self, head_only: bool = False) -> Answer:
        """The next answer. Raises ConnectionError when the connection ends before it."""
        head = self._until(b"\r\n\r\n").decode("latin-1")
        status_line, *lines = head[:-4].split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        size = 0 if head_only else int(headers.get("content-length", 0))
        while len(self.rest) < size:
            self._receive()
        body, self.rest = self.rest[:size], self.rest[size:]
        return Answer(int(status_line.split()[1]), headers, body)

    def ended(self) -> bool:
        """Wait for the end of the connection; False when something else comes."""
        try:
            return not self.rest and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def _until(self, end: bytes) -> bytes:
        while end not in self.rest:
            self._receive()
        found, _, self.rest = self.rest.partition(end)
        return found + end

    def receive(self, most: int) -> bytes:
        return self.socket.recv(most)

    def _receive(self) -> None:
        data = self.receive(65536)
        if not data:
            raise ConnectionError(f"the server closed the connection after {self.rest!r}")
        self.rest += data

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def request(path: str = "/config", method: str = "GET", *headers: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: test", *headers, "", ""]).encode()


def left_on(port: int) -> list[str]:
    """Files in shared memory of the server on this port."""
    return sorted(name for name in os.listdir(FOLDER) if f"ipclab-{os.getuid()}-{port}-" in name)


def until(condition: Any, what: str) -> Any:
    """Ask again and again until it holds: for what happens in other processes and tells nobody."""
    deadline = time.monotonic() + DEADLINE
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {DEADLINE} s: {what}"
        time.sleep(0.002)
    return found


def wait_for_end(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            fd = os.pidfd_open(pid)
            try:
                assert select.select([fd], [], [], DEADLINE)[0], f"process {pid} still runs"
            finally:
                os.close(fd)


@contextlib.contextmanager
def clients(server: WebProcess, count: int) -> Iterator[list[Client]]:
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(server.connect()) for _ in range(count)]
