"""The server on the functions that a learner wrote for exercise 4."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from served import wait_until

from ipclab.database import ServerError
from ipclab.database.launch import launched

WITH_LOCK = """
def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is None:
        with cache.lock:
            value = store.get(key)
            if value is not None:
                cache.put(key, value)
    return value


def set_with_cache(cache, store, key, value):
    with cache.lock:
        cache.discard(key)
        store.set(key, value)
        if key == b"fatal":
            import os
            os.kill(os.getpid(), 9)
        if key == b"raises":
            raise RuntimeError("as the test wants it")
        cache.put(key, value)
"""

TRIES = """
def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is None:
        locked = cache.lock.acquire(blocking=False)
        try:
            value = store.get(key)
            if locked and value is not None:
                cache.put(key, value)
        finally:
            if locked:
                cache.lock.release()
    return value


def set_with_cache(cache, store, key, value):
    while not cache.lock.acquire(timeout=0.1):
        pass
    try:
        store.set(key, value)
        cache.put(key, value)
    finally:
        cache.lock.release()
"""

WITH_LEASE = """
def get_with_cache(cache, store, key):
    value = cache.get(key)
    if value is None:
        lease = cache.lease(key)
        value = store.get(key)
        if value is not None:
            cache.put(key, value, lease)
    return value


def set_with_cache(cache, store, key, value):
    store.set(key, value)
    cache.discard(key)
"""


@pytest.mark.parametrize("source", [WITH_LOCK, WITH_LEASE, TRIES])
def test_the_server_answers_with_the_learners_functions(path: Path, source: str) -> None:
    file = path.with_name("mine.py")
    file.write_text(source)
    with launched(path, 2, "--with", str(file)) as server, server.client() as client:
        for value in (b"", b"v", b"v" * 1000, b"w"):
            client.set(b"k", value)
            assert client.get(b"k") == value == client.get(b"k")
        client.delete(b"k")
        assert client.get(b"k") is None
        hits = client.stats()["hits"]
        client.set(b"k", b"v")
        assert client.get(b"k") == client.get(b"k") == b"v"
        assert client.stats()["hits"] > hits
        for pid in client.stats()["workers"]:
            os.kill(pid, signal.SIGKILL)
        assert client.get(b"k") == b"v"
        assert server.stop() == 0


def test_one_who_is_killed_with_the_lock_stops_nobody(path: Path) -> None:
    file = path.with_name("mine.py")
    file.write_text(WITH_LOCK)
    with launched(path, 2, "--with", str(file)) as server, server.client() as client:
        client.set(b"k", b"v")
        with pytest.raises(ConnectionError):
            client.set(b"fatal", b"new")
        assert client.get(b"fatal") == b"new", "the store has it"
        assert client.get(b"k") == b"v"
        wait_until(lambda: len(client.stats()["workers"]) == 2)
        client.set(b"k", b"w")
        assert client.get(b"k") == b"w"


def test_what_a_function_raises_reaches_the_client(path: Path) -> None:
    file = path.with_name("mine.py")
    file.write_text(WITH_LOCK)
    with launched(path, 1, "--with", str(file)) as server, server.client() as client:
        with pytest.raises(ServerError, match="RuntimeError: as the test wants it"):
            client.set(b"raises", b"v")
        client.set(b"k", b"v")
        assert client.get(b"k") == b"v"


def test_a_stub_is_a_sentence(path: Path) -> None:
    file = path.with_name("mine.py")
    file.write_text("def get_with_cache(cache, store, key):\n    raise NotImplementedError\n")
    refused = pytest.raises(RuntimeError, match="still to be written: get_with_cache, set_with_c")
    with refused, launched(path, 1, "--with", str(file)):
        pass
