"""The measurements of notebook 6: writers that meet in one pipe. System calls in, plain data out."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import time

_RUN = re.compile(
    rb"(.)\1*", re.DOTALL
)  # bytes of one write, as long as nobody else's come between
TAGS = 16  # of each writer; neighbouring writes of one writer differ
_PATIENCE = 2.0  # seconds for writers to fall asleep


def contended(
    size: int, writes: int, writers: int, capacity: int, flags: int
) -> tuple[int, int, bytes]:
    """Writers that write at once into a pipe of `capacity` bytes, which is read from when all wait.

    Each makes `writes` writes of `size` bytes, at most fifteen writers. Returns how many writes came out
    in one piece, how many were made, and the first bytes around a torn one. man 7 pipe, "PIPE_BUF".
    """
    read_fd, write_fd = os.pipe2(os.O_CLOEXEC | flags)
    fcntl.fcntl(write_fd, fcntl.F_SETPIPE_SZ, capacity)
    gate_fd, release_fd = os.pipe()
    pids = [
        _writer(number, size, writes, write_fd, gate_fd, release_fd) for number in range(writers)
    ]
    for fd in (write_fd, gate_fd, release_fd):
        os.close(fd)
    _wait_until_asleep(pids)
    data = b"".join(iter(lambda: os.read(read_fd, 1 << 16), b""))
    os.close(read_fd)
    for pid in pids:
        os.waitpid(pid, 0)
    runs = [(found.start(), found.end()) for found in _RUN.finditer(data)]
    whole = sum(end - start == size for start, end in runs)
    return whole, writers * writes, _around_a_torn_one(data, runs, size)


def _writer(
    number: int, size: int, writes: int, write_fd: int, gate_fd: int, release_fd: int
) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            os.close(release_fd)
            chunks = [bytes([number * TAGS + tag]) * size for tag in range(TAGS)]
            os.read(gate_fd, 1)  # returns when the last one holds no release end: all at once
            for count in range(writes):
                os.write(write_fd, chunks[count % TAGS])
        finally:
            os._exit(0)
    return pid


def _wait_until_asleep(pids: list[int]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and not all(map(_asleep, pids)):
        select.select([], [], [], 0.001)


def _asleep(pid: int) -> bool:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] in "SZ"
    return True


def _around_a_torn_one(data: bytes, runs: list[tuple[int, int]], size: int) -> bytes:
    for start, end in runs:
        if end - start != size:
            return data[max(0, start - size // 2) :][: 4 * size]
    return b""


def runs_of(data: bytes) -> list[tuple[int, int]]:
    """Which byte stands how many times in a row?"""
    return [(found[0][0], len(found[0])) for found in _RUN.finditer(data)]


def partial_writes(cases: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """What does a write of so many bytes return on a non-blocking end, with so much room? -1: EAGAIN."""
    found = []
    page = os.sysconf("SC_PAGE_SIZE")
    for size, room in cases:
        read_fd, write_fd = os.pipe2(os.O_NONBLOCK)
        fcntl.fcntl(write_fd, fcntl.F_SETPIPE_SZ, 2 * page)
        os.write(write_fd, bytes(page))
        if room < page:
            os.write(write_fd, bytes(page - room))
        try:
            found.append((size, room, os.write(write_fd, bytes(size))))
        except BlockingIOError:
            found.append((size, room, -1))
        os.close(read_fd)
        os.close(write_fd)
    return found
