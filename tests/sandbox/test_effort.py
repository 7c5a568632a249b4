"""What a process takes of a processor is told apart from what others take."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ipclab.ipc.processes import reap, spawn
from ipclab.sandbox import effort
from ipclab.sandbox.effort import Effort


def spin() -> None:
    while True:
        pass


def sleep() -> None:
    while True:
        time.sleep(0.001)


@contextmanager
def child(function: Callable[[], None]) -> Iterator[int]:
    pid = spawn(function)
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGKILL)
        reap(pid)


def share_of(pid: int, seconds: float = 0.3) -> float:
    before = Effort.of(pid)
    time.sleep(seconds)
    return before.share(Effort.of(pid))


def test_who_spins_takes_much_and_who_sleeps_takes_little() -> None:
    with child(spin) as spinner, child(sleep) as sleeper:
        assert share_of(spinner) > 0.2 > share_of(sleeper)


def test_of_this_thread() -> None:
    before = Effort.of_this_thread()
    time.sleep(0.02)
    after = Effort.of_this_thread()
    assert 0 < before.lasted(after) <= after.at - before.at
    assert before.share(after) < 0.5


def test_a_kernel_without_these_statistics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort, "_numbers", lambda path: [0, 0, 0])
    before = Effort.of(os.getpid())
    deadline = time.thread_time() + 0.1
    while time.thread_time() < deadline:
        pass
    after = Effort.of(os.getpid())
    assert after.running > before.running
    assert after.kept_waiting == 0
