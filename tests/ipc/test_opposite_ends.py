"""A message arrives whole, and the caller is left as it was."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from ipclab.ipc import opposite_ends as module
from ipclab.ipc.opposite_ends import opposite_ends
from ipclab.ipc.processes import reap, spawn

pytestmark = pytest.mark.timeout(30)

SIZES = [0, 1, 4095, 4096, 4097, 65_535, 65_536, 65_537, 1 << 20]


def message(size: int) -> bytes:
    return ((bytes(range(256)) + b"out of step") * (size // 267 + 1))[:size]


@pytest.mark.parametrize("size", SIZES)
def test_every_length_arrives(size: int) -> None:
    sent = message(size)
    assert len(sent) == size
    assert opposite_ends(sent) == sent


def test_a_second_call() -> None:
    assert [opposite_ends(text) for text in (b"one", b"", b"two")] == [b"one", b"", b"two"]


def test_other_children_keep_their_status() -> None:
    ended = spawn(os._exit, 7)
    os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT)
    assert opposite_ends(b"hello") == b"hello"
    assert reap(ended) == 7


def test_a_child_that_dies_ends_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def write_half(fd: int, data: bytes) -> None:
        os.write(fd, data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(module, "write_all", write_half)
    assert opposite_ends(b"good morning") == b"good m"


def test_a_reader_that_fails_leaves_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(fd: int) -> bytes:
        raise InterruptedError("somebody rang")

    monkeypatch.setattr(module, "read_until_eof", fail)
    with pytest.raises(InterruptedError):
        opposite_ends(bytes(1 << 20))


CLOSED = """
import os
from ipclab.ipc.opposite_ends import opposite_ends
from leftovers import descriptors

before = descriptors()
assert opposite_ends(bytes(100_000)) == bytes(100_000)
assert descriptors() == before, descriptors()
"""


@pytest.mark.parametrize("redirection", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"])
def test_closed_standard_descriptors(
    script: Callable[..., CompletedProcess[str]], redirection: str
) -> None:
    script(CLOSED, shell=f'exec "$@" {redirection}')


UNFLUSHED = """
from ipclab.ipc.opposite_ends import opposite_ends
print("once")
opposite_ends(b"hello")
"""


def test_unflushed_output_comes_once(script: Callable[..., CompletedProcess[str]]) -> None:
    assert script(UNFLUSHED).stdout == "once\n"
