"""The shared cache beside SQLite and LMDB, and `ipclab database serve` beside Redis.

Keys have 21 bytes, values 100, and there are ten thousand of them, in random order. The key objects are new in
every round, so that nobody profits from a hash that is known already. What was read is compared with what
was written, outside the measured time.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.paired import Row, Side, compare_rates, compare_times
from ipclab.database import Client
from ipclab.database.launch import launched
from ipclab.database.shared_cache import SharedCache
from ipclab.ipc.processes import reap, spawn

COUNT = 10_000
CALLS = 2_000  # in one measurement of the cache
CLIENTS = 4
GETS = 3_000  # of each client
START_TIMEOUT = 10.0  # seconds
KEYS = [b"key-%017d" % number for number in range(COUNT)]
SET = "INSERT INTO pairs VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
GET = "SELECT value FROM pairs WHERE key = ?"
SQLITE = "SQLite, WAL, sync off"
LMDB = "LMDB, sync off"
Pair = tuple[bytes, bytes]


def rows() -> Iterator[Row]:
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ipclab-bench-"))
        cache = stack.enter_context(SharedCache.create(participants=1)).as_participant(0)
        ours = Pairs("shared cache", cache.get, cache.put)
        peers = [_sqlite(stack, folder)]
        if importlib.util.find_spec("lmdb"):
            peers.append(_lmdb(stack, folder))
        else:
            print("database: left out: LMDB is not installed (pip install lmdb)", file=sys.stderr)
        for peer in peers:
            label = peer.name.partition(",")[0].lower()
            yield _compared(f"cache-get/{label}", ours.getting(), peer.getting())
            yield _compared(f"cache-set/{label}", ours.setting(), peer.setting())
    yield from _socket_rows()


class Pairs:
    """One way to keep pairs, filled; what it should contain is known."""

    def __init__(
        self, name: str, get: Callable[[bytes], Any], put: Callable[[bytes, bytes], Any]
    ) -> None:
        self.name, self._get, self._put = name, get, put
        self.expected = {key: os.urandom(100) for key in KEYS}
        for key, value in self.expected.items():
            put(key, value)
        self._keys = self._fresh_keys()
        self._pairs = self._fresh_pairs()

    def _fresh_keys(self) -> list[bytes]:
        return [bytes(bytearray(key)) for key in random.sample(KEYS, CALLS)]

    def _fresh_pairs(self) -> list[Pair]:
        return [(key, os.urandom(100)) for key in self._fresh_keys()]

    def getting(self) -> Side:
        get = self._get

        def work() -> list[bytes]:
            return [get(key) for key in self._keys]

        def check(values: list[bytes]) -> None:
            _same(self.name, values, [self.expected[key] for key in self._keys])
            self._keys = self._fresh_keys()

        return Side(self.name, work, check)

    def setting(self) -> Side:
        put = self._put

        def work() -> None:
            for key, value in self._pairs:
                put(key, value)

        def check(nothing: None) -> None:
            self.expected.update(self._pairs)
            _same(self.name, [self._get(key) for key in KEYS], [self.expected[k] for k in KEYS])
            self._pairs = self._fresh_pairs()

        return Side(self.name, work, check)


def _same(name: str, found: list[bytes], expected: list[bytes]) -> None:
    wrong = sum(map(bytes.__ne__, map(bytes, found), expected))
    if wrong or len(found) != len(expected):
        raise AssertionError(f"{name}: {wrong} of {len(expected)} values are wrong")


def _compared(bench: str, ours: Side, peer: Side) -> Row:
    row = compare_times(bench, ours, peer, rounds=21)
    return Row(
        bench, "us", row.ours / CALLS * 1e6, row.peer, row.theirs / CALLS * 1e6, row.ratios,
        row.note,
    )  # fmt: skip


def _sqlite(stack: contextlib.ExitStack, folder: str) -> Pairs:
    """Statements are prepared once and kept (sqlite3's cache of statements); every set is a commit."""
    database = sqlite3.connect(os.path.join(folder, "pairs.db"), isolation_level=None)
    stack.callback(database.close)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("CREATE TABLE pairs (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
    execute = database.cursor().execute

    def get(key: bytes) -> Any:
        return execute(GET, (key,)).fetchone()[0]

    def put(key: bytes, value: bytes) -> None:
        execute(SET, (key, value))

    return Pairs(SQLITE, get, put)


def _lmdb(stack: contextlib.ExitStack, folder: str) -> Pairs:
    """A transaction for every get and every set."""
    import lmdb

    environment = lmdb.open(
        os.path.join(folder, "lmdb"), map_size=1 << 28, sync=False, metasync=False, writemap=True
    )
    stack.callback(environment.close)
    begin = environment.begin

    def get(key: bytes) -> Any:
        with begin() as transaction:
            return transaction.get(key)

    def put(key: bytes, value: bytes) -> None:
        with begin(write=True) as transaction:
            transaction.put(key, value)

    return Pairs(LMDB, get, put)


def _socket_rows() -> Iterator[Row]:
    """Several clients at once, a process each, on connections that stay."""
    if not shutil.which("redis-server") or not importlib.util.find_spec("redis"):
        print(
            "database: left out: the socket, for want of redis-server (Debian: apt-get install "
            "redis-server) or redis (pip install redis)",
            file=sys.stderr,
        )
        return
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ipclab-bench-"))
        server = stack.enter_context(launched(os.path.join(folder, "kv.db"), 2))
        redis_path = stack.enter_context(_redis_server(folder))

        def ours() -> Any:
            return Client(server.socket_path)

        def theirs() -> Any:
            import redis

            return redis.Redis(unix_socket_path=redis_path)

        values = {key: os.urandom(100) for key in KEYS}
        for connect in (ours, theirs):
            with contextlib.closing(connect()) as client:
                for key, value in values.items():
                    client.set(key, value)
        sides = [
            Side(name, lambda connect=connect: _many_gets(connect, values), _all_right)
            for name, connect in (("ipclab database", ours), ("redis-py", theirs))
        ]
        yield compare_rates(f"socket-get/{CLIENTS} clients", "gets/s", *sides, rounds=7)


def _many_gets(connect: Callable[[], Any], values: dict[bytes, bytes]) -> tuple[float, list[int]]:
    """Gets a second of all clients together, and how each of them ended."""
    ready_read, ready_write = os.pipe()
    go_read, go_write = os.pipe()

    def client() -> None:
        os.close(go_write)
        with contextlib.closing(connect()) as connection:
            keys = random.choices(KEYS, k=GETS)
            connection.get(keys[0])
            os.write(ready_write, b"r")
            os.read(go_read, 1)  # the end of file is the start
            found = [connection.get(key) for key in keys]
        assert found == [values[key] for key in keys]

    pids = [spawn(client) for _ in range(CLIENTS)]
    os.close(ready_write)
    waiting = CLIENTS
    while waiting and (ready := os.read(ready_read, CLIENTS)):
        waiting -= len(ready)
    start = time.perf_counter()
    os.close(go_write)
    statuses = [reap(pid) for pid in pids]
    seconds = time.perf_counter() - start
    os.close(ready_read)
    os.close(go_read)
    return CLIENTS * GETS / seconds, statuses


def _all_right(statuses: list[int]) -> None:
    if any(statuses):
        raise AssertionError(f"clients ended with {statuses}: a value was wrong, or none came")


@contextlib.contextmanager
def _redis_server(folder: str) -> Iterator[str]:
    """A Redis that keeps nothing on disk and listens on a Unix socket only."""
    path = os.path.join(folder, "redis.sock")
    argv = ["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no"]
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, cwd=folder) as process:
        try:
            deadline = time.monotonic() + START_TIMEOUT
            while not _answers(path):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("redis-server does not answer")
                time.sleep(0.01)  # it does not tell when it is ready
            yield path
        finally:
            process.terminate()


def _answers(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True
