"""Publications and reads without a server: whole at every moment, whoever is killed, and in order."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest
from web_process import left_on

from ipclab.ipc.processes import reap, spawn
from ipclab.webserver import CONFIG, Config, publishing
from ipclab.webserver.publishing import publish, publishers_lock, read
from ipclab.webserver.shared import STATE, Shared


def numbered(version: int) -> Config:
    """A configuration that shows by itself whether it is whole."""
    return Config(version, version, version + 1, b"%064d" % version)


def next_one(before: Config) -> Config:
    return numbered(before.version + 1)


@pytest.fixture
def shared() -> Iterator[Shared]:
    port = 65536 + secrets.randbelow(30000)  # no server's
    with Shared.create(port, workers=1, first=CONFIG.pack(*numbered(1))) as shared:
        yield shared
        shared.unlink()
    assert left_on(port) == []


def test_what_is_published_is_read(shared: Shared) -> None:
    assert read(shared) == (0, numbered(1))
    for version in (2, 3, 4):
        assert publish(shared, next_one) == numbered(version)
        assert read(shared)[1] == numbered(version)
        assert shared.config.map[:] == CONFIG.pack(*numbered(version))


def test_others_see_it_by_the_port(shared: Shared) -> None:
    publish(shared, next_one)
    with Shared.attach(shared.port) as other:
        assert read(other) == (2, numbered(2))


def test_a_publisher_killed_anywhere_tears_nothing(shared: Shared) -> None:
    """It is killed after one instruction of Python more each time, until one has come through."""
    finished_early = 0
    version = 1
    for instructions in range(1, 2000):
        child = spawn(publish_and_die, shared, instructions)
        survived = reap(child) == 0
        found = read(shared)[1]
        assert found in (numbered(version), numbered(version + 1))
        finished_early += found.version > version and not survived
        if survived:
            break
        assert publish(shared, next_one) == numbered(found.version + 1)
        assert read(shared)[1] == numbered(found.version + 1)
        assert shared.config.map[:] == CONFIG.pack(*numbered(found.version + 1))
        version = found.version + 1
    assert survived
    assert finished_early > 10


def publish_and_die(shared: Shared, after: int) -> None:
    left = after

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal left
        if frame.f_code not in (publishing.store.__code__, publishing.finish_publication.__code__):
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    publish(shared, next_one)


def test_reads_beside_publishers_are_whole_and_in_order(shared: Shared) -> None:
    publishers = [spawn(publish_many, shared, 2000) for _ in range(2)]
    reads, seen = 0, 1
    deadline = time.monotonic() + 20
    while seen < 4001 and time.monotonic() < deadline:
        config = read(shared)[1]
        assert config == numbered(config.version)
        assert config.version >= seen
        seen = config.version
        reads += 1
    assert [reap(publisher) for publisher in publishers] == [0, 0]
    assert read(shared)[1] == numbered(4001)
    assert reads > 100


def publish_many(shared: Shared, times: int) -> None:
    with Shared.attach(shared.port) as own:
        for _ in range(times):
            publish(own, next_one)


def test_a_stopped_publisher_is_told(shared: Shared) -> None:
    with (
        publishers_lock(shared),
        pytest.raises(TimeoutError, match=r"publishing for 0\.05 s; is it stopped"),
        publishers_lock(shared, timeout=0.05),
    ):
        pass
    publish(shared, next_one)


def test_a_configuration_that_was_written_by_hand_is_not_taken(shared: Shared) -> None:
    publish(shared, next_one)
    shared.config.map[:] = bytes(CONFIG.size)
    assert read(shared) == (2, numbered(2))
    assert publish(shared, next_one) == numbered(3)
    assert shared.config.map[:] == CONFIG.pack(*numbered(3))


def test_damage_to_both_places_is_told(shared: Shared) -> None:
    shared.config.map[:] = shared.state.map[STATE.fields["journal"].place] = bytes(CONFIG.size)
    with pytest.raises(ValueError, match="damaged"):
        read(shared)


def test_a_rest_of_a_dead_server_is_replaced(shared: Shared) -> None:
    with pytest.raises(FileExistsError, match="created it, and runs"):
        Shared.create(shared.port, workers=1, first=bytes(CONFIG.size))
    assert read(shared)[1] == numbered(1)
