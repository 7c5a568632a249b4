"""A configuration in shared memory: published whole, read whole, noticed by those who watch."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from ipclab.ipc.names import new_run, object_name
from ipclab.ipc.processes import reap, spawn
from ipclab.ipc.semaphores import Semaphore, new_semaphore
from ipclab.webserver import CONFIG, Config
from ipclab.webserver.live import publish, snapshot, watch

Place = tuple[mmap.mmap, Semaphore]


@pytest.fixture
def place() -> Iterator[Place]:
    """Memory that children share, and a lock."""
    memory = mmap.mmap(-1, mmap.PAGESIZE)
    with new_semaphore(object_name(new_run(), "lock")) as lock, memory:
        yield memory, lock


@pytest.mark.parametrize("greeting", [b"", b"g", b"in\0ner", b"\0first", b"x" * 63, b"x" * 64])
def test_what_is_published_comes_back(place: Place, greeting: bytes) -> None:
    publish(*place, Config(0, 0, 0, b"y" * 64))
    config = Config((1 << 64) - 1, (1 << 32) - 1, 1, greeting)
    assert reap(spawn(publish, *place, config)) == 0
    assert snapshot(*place) == config
    assert place[0][CONFIG.size :] == bytes(mmap.PAGESIZE - CONFIG.size)


def test_a_longer_greeting_is_cut(place: Place) -> None:
    publish(*place, Config(1, 2, 3, b"x" * 70))
    assert snapshot(*place).greeting == b"x" * 64
    assert place[0][CONFIG.size :] == bytes(mmap.PAGESIZE - CONFIG.size)


def test_a_number_that_does_not_fit_is_refused_and_the_lock_is_free(place: Place) -> None:
    with pytest.raises(struct.error):
        publish(*place, Config(1 << 64, 0, 0, b""))
    assert place[1].value == 1


def test_a_watcher_hears_of_every_version_that_lasts(place: Place) -> None:
    to_come = [Config(version, 0, 0, b"") for version in (7, 3, 0, (1 << 64) - 1)]
    seen: list[Config] = []

    def should_stop() -> bool:
        # The next one comes when the last one was reported.
        if len(seen) < len(to_come):
            publish(*place, to_come[len(seen)])
            return False
        return True

    publish(*place, Config(5, 0, 0, b""))
    watch(*place, seen.append, should_stop)
    assert seen == to_come


def test_what_on_change_raises_reaches_the_caller_and_the_lock_is_free(place: Place) -> None:
    def on_change(config: Config) -> Any:
        assert place[1].value == 1
        raise LookupError(config.version)

    def should_stop() -> bool:
        publish(*place, Config(2, 0, 0, b""))
        return False

    with pytest.raises(LookupError, match="2"):
        watch(*place, on_change, should_stop)
    assert place[1].value == 1


def test_any_lock_will_do(place: Place) -> None:
    import threading

    lock: AbstractContextManager[Any] = threading.Lock()
    publish(place[0], lock, Config(1, 2, 3, b"four"))
    assert snapshot(place[0], lock) == Config(1, 2, 3, b"four")
