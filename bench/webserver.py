"""`ipclab webserver serve` beside gunicorn, uvicorn and http.server: requests a second on connections that stay.

wrk sends the requests. All servers run all the time, with two workers each; only the one that is
measured has anything to do. After each measurement as many connections as wrk had are opened at once, and
every one must be answered, with the right body, while the others stay open: nobody may starve.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import NamedTuple

from bench.paired import Row, Side, compare_rates, compare_times
from bench.web_peers import GREETING
from ipclab.webserver import Config, live
from ipclab.webserver.learners import Functions, publish_through
from ipclab.webserver.publishing import publish
from ipclab.webserver.shared import Shared
from ipclab.webserver.wakeups import TakeUp, wake_and_wait

WORKERS = 2
SECONDS = 1  # of one measurement
ROUNDS = 5
START_TIMEOUT = 20.0  # seconds
ANSWER_TIMEOUT = 5.0  # seconds until the last of many connections is answered
REQUEST = b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n"
NO_WRK = "webserver: left out: wrk is not installed (Debian: apt-get install wrk)"
SYNC_NOTE = (
    "gunicorn's sync workers close each connection after its answer, so a client connects anew for"
    " every request: that is what they are measured with."
)
LOOKING = Functions(live.publish, live.snapshot, live.watch)
LOOKING_NOTE = (
    "the exercise's own watch looks a thousand times a second, whether there is anything new or not; the"
    " server's workers are woken, and wait at no cost."
)
THREADS_NOTE = "two processes with a thread for each connection, TCP_NODELAY, one write an answer."


class Peer(NamedTuple):
    name: str
    module: str  # that must be there
    command: str  # of python; PORT stands for the port
    note: str = ""


class Outcome(NamedTuple):
    """What a measurement is checked by."""

    complaints: list[str]  # of wrk
    bodies: list[bytes]  # one from each of the connections


SERVER = f"-m ipclab webserver serve --port PORT --workers {WORKERS}"
PEERS = (
    Peer(
        "uvicorn (uvloop, httptools)",
        "uvicorn",
        f"-m uvicorn bench.web_peers:asgi --port PORT --workers {WORKERS} --loop uvloop"
        " --http httptools --no-access-log --log-level warning",
    ),
    Peer(
        "gunicorn sync",
        "gunicorn",
        f"-m gunicorn bench.web_peers:wsgi --bind 127.0.0.1:PORT --workers {WORKERS}",
        SYNC_NOTE,
    ),
    Peer(
        "http.server (threads)",
        "http.server",
        f"-m bench.web_peers PORT {WORKERS}",
        THREADS_NOTE,
    ),
)


def rows() -> Iterator[Row]:
    if not shutil.which("wrk"):
        print(NO_WRK, file=sys.stderr)
        return
    with _running(SERVER) as ours:
        for peer in PEERS:
            if importlib.util.find_spec(peer.module) is None:
                print(f"webserver: {peer.name} is left out: it is not installed", file=sys.stderr)
                continue
            with _running(peer.command) as theirs:
                for connections in (2, 64):
                    yield _row(peer, ours, theirs, connections)
    yield _take_up_row()


def _take_up_row() -> Row:
    """Seconds until all workers have a new configuration and have said so."""
    with tempfile.TemporaryDirectory(prefix="ipclab-bench-") as folder:
        path = os.path.join(folder, "solution.py")
        with open(path, "w") as file:
            file.write("from ipclab.webserver.live import publish, snapshot, watch\n")
        with (
            _running(SERVER) as woken,
            _running(f"{SERVER} --with {path}") as looking,
            Shared.attach(woken) as ours,
            Shared.attach(looking) as theirs,
        ):
            return compare_times(
                "web/take-up",
                Side("ipclab", lambda: _take_up(ours), _check_take_up),
                Side("a look every ms", lambda: _take_up(theirs, LOOKING), _check_take_up),
                rounds=ROUNDS,
                calls=30,
                note=LOOKING_NOTE,
            )


def _take_up(shared: Shared, functions: Functions | None = None) -> TakeUp:
    def change(before: Config) -> Config:
        return before._replace(verbosity=0)

    config = publish_through(shared, functions, change) if functions else publish(shared, change)
    return wake_and_wait(shared, config.version, shared.state["published"], ANSWER_TIMEOUT)


def _check_take_up(found: TakeUp) -> None:
    if not found.taken_up == found.workers == WORKERS:
        raise AssertionError(f"web/take-up: {found}")


def _row(peer: Peer, ours: int, theirs: int, connections: int) -> Row:
    bench = f"web/{peer.name.split()[0]}/{connections}"

    def check(outcome: Outcome) -> None:
        if outcome.complaints or outcome.bodies != [GREETING] * connections:
            raise AssertionError(f"{bench}: {outcome.complaints}, {set(outcome.bodies)}")

    def side(name: str, port: int) -> Side:
        return Side(name, lambda: _measure(port, connections), check)

    return compare_rates(
        bench, "req/s", side("ipclab", ours), side(peer.name, theirs), rounds=ROUNDS, note=peer.note
    )


def _measure(port: int, connections: int) -> tuple[float, Outcome]:
    url = f"http://127.0.0.1:{port}/"
    command = ["wrk", "-t2", f"-c{connections}", f"-d{SECONDS}s", url]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s*([\d.]+)", output)
    if rate is None:
        raise RuntimeError(f"wrk said nothing of a rate:\n{output}")
    complaints = re.findall(r"Socket errors:.*|Non-2xx.*", output)
    return float(rate[1]), Outcome(complaints, _ask_on_all(port, connections))


def _ask_on_all(port: int, connections: int) -> list[bytes]:
    """The body that each of many open connections gets. Raises TimeoutError when one gets none."""
    with contextlib.ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), ANSWER_TIMEOUT))
            for _ in range(connections)
        ]
        for client in clients:
            client.sendall(REQUEST)
        return [_body(client) for client in clients]


def _body(client: socket.socket) -> bytes:
    data = b""
    while (head_end := data.find(b"\r\n\r\n")) < 0 or len(data) < head_end + 4 + len(GREETING):
        more = client.recv(4096)
        if not more:
            break
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    if b"connection: close" in head.lower():
        client.close()  # or gunicorn would wait a second for it
    return body


@contextlib.contextmanager
def _running(command: str) -> Iterator[int]:
    """A server in a process group of its own, once it answers; its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *command.replace("PORT", str(port)).split()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_it_answers(process, port)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            pass
        with contextlib.suppress(ProcessLookupError):  # workers that outlived their parent
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if _ask_on_all(port, 1) == [GREETING]:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args} did not answer within {START_TIMEOUT} s")
