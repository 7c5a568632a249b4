"""The model by which a check names a way of filling a pipe, against pipes filled in that way."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Iterator
from fcntl import F_SETPIPE_SZ, fcntl

import pytest

from ipclab.exercises.e09_pipe_buffering.slots import (
    explaining_chunk,
    filled_until_refused,
    filled_while_writable,
)
from ipclab.experiments.pipe_model import PAGE_SIZE

SLOTS = (1, 2, 16, 64)
CHUNKS = sorted(
    {
        *range(1, PAGE_SIZE, 61),
        *(PAGE_SIZE // parts + extra for parts in range(1, 9) for extra in (-1, 0, 1)),
        *range(PAGE_SIZE + 1, 5 * PAGE_SIZE, 151),
        *(pages * PAGE_SIZE + extra for pages in (2, 3, 16, 17, 64) for extra in (-1, 0, 1)),
    }
)


@pytest.fixture(params=SLOTS)
def pipe(request: pytest.FixtureRequest) -> Iterator[tuple[int, int, int]]:
    """A non-blocking pipe: read end, write end, capacity in bytes."""
    read_fd, write_fd = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    yield read_fd, write_fd, fcntl(write_fd, F_SETPIPE_SZ, request.param * PAGE_SIZE)
    os.close(read_fd)
    os.close(write_fd)


def fill(write_fd: int, chunk: bytes, go_on: Callable[[], object]) -> int:
    """Write while `go_on()` and until refused; the bytes that went in."""
    total = 0
    while go_on():
        try:
            total += os.write(write_fd, chunk)
        except BlockingIOError:
            break
    return total


def test_a_pipe_takes_chunks_until_it_refuses_one(pipe: tuple[int, int, int]) -> None:
    read_fd, write_fd, capacity = pipe
    for size in CHUNKS:
        accepted = fill(write_fd, bytes(size), lambda: True)
        assert (size, accepted) == (size, filled_until_refused(size, capacity))
        assert len(os.read(read_fd, capacity)) == accepted


def test_a_pipe_takes_chunks_while_it_is_writable(pipe: tuple[int, int, int]) -> None:
    read_fd, write_fd, capacity = pipe
    poller = select.poll()
    poller.register(write_fd, select.POLLOUT)
    for size in CHUNKS:
        accepted = fill(write_fd, bytes(size), lambda: poller.poll(0))
        assert (size, accepted) == (size, filled_while_writable(size, capacity))
        assert len(os.read(read_fd, capacity)) == accepted


@pytest.mark.parametrize("fill", [filled_until_refused, filled_while_writable])
@pytest.mark.parametrize("chunk", [100, 512, 1000, 3000, PAGE_SIZE + 904])
def test_a_chunk_size_is_found_again(fill: Callable[[int, int], int], chunk: int) -> None:
    found = {slots * PAGE_SIZE: fill(chunk, slots * PAGE_SIZE) for slots in SLOTS[1:3]}
    explanation = explaining_chunk(fill, found)
    assert explanation is not None
    assert {capacity: fill(explanation, capacity) for capacity in found} == found


@pytest.mark.parametrize("missing", [1, 7, 30])
def test_what_no_chunk_size_explains_is_not_explained(missing: int) -> None:
    found = {slots * PAGE_SIZE: slots * PAGE_SIZE - missing for slots in (2, 3, 16)}
    assert explaining_chunk(filled_until_refused, found) is None


def test_nothing_found_is_not_explained() -> None:
    assert explaining_chunk(filled_until_refused, {}) is None
