"""How many bytes does an empty pipe accept before it refuses? One process, both ends, no reader.

Measurements for notebook 9: system calls in, plain data out. man 7 pipe, "Pipe capacity".
"""

from __future__ import annotations

import errno
import os
import select
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from fcntl import F_GETPIPE_SZ, F_SETPIPE_SZ, fcntl
from pathlib import Path

from ipclab.experiments.pipe_model import PAGE_SIZE

MOST_PIPES = 200  # two descriptors each: below every usual limit (man 2 getrlimit)
STRANGER = 64_999  # a user id that nobody has
CAP_SYS_RESOURCE = 24  # bit in the capability masks of /proc/PID/status


@contextmanager
def open_pipe(flags: int = os.O_NONBLOCK) -> Iterator[tuple[int, int]]:
    """Both ends of a new pipe, closed at the end of the block. Yields (read_fd, write_fd)."""
    read_fd, write_fd = os.pipe2(flags | os.O_CLOEXEC)
    try:
        yield read_fd, write_fd
    finally:
        os.close(read_fd)
        os.close(write_fd)


def fill(write_fd: int, chunk_size: int) -> int:
    """How many bytes does the pipe take in chunks of one size? Writes until it is refused."""
    chunk = bytes(chunk_size)
    accepted = 0
    while True:
        try:
            accepted += os.write(write_fd, chunk)
        except BlockingIOError:
            return accepted


def fill_while(writable: Callable[[], object], write_fd: int) -> int:
    """How many bytes does the pipe take, one at a time, while `writable()` says it will?"""
    accepted = 0
    while writable():
        accepted += os.write(write_fd, b"x")
    return accepted


def accepted_by_chunk_size(chunk_sizes: Sequence[int]) -> tuple[int, dict[int, int]]:
    """The pipe's capacity, and the bytes it accepted when filled with chunks of each size."""
    accepted = {}
    with open_pipe() as (read_fd, write_fd):
        for chunk_size in chunk_sizes:
            accepted[chunk_size] = fill(write_fd, chunk_size)
            os.read(read_fd, accepted[chunk_size])
        return fcntl(write_fd, F_GETPIPE_SZ), accepted


def accepted_in_packet_mode(sizes: Sequence[int]) -> tuple[int, dict[int, int], dict[int, int]]:
    """The capacity, the bytes accepted as packets of each size, and those accepted as a stream."""
    packets = {}
    for size in sizes:
        with open_pipe(os.O_NONBLOCK | os.O_DIRECT) as (_, write_fd):
            packets[size] = fill(write_fd, size)
    capacity, stream = accepted_by_chunk_size(sizes)
    return capacity, packets, stream


def accepted_by_readiness() -> tuple[int, dict[str, int], int]:
    """When do poll and select call a pipe writable?

    Returns the capacity; the bytes that went in, one by one, under each rule for stopping; and how
    many bytes of the full pipe had to be read before poll called it writable again.
    """
    accepted = {}
    with open_pipe() as (read_fd, write_fd):
        capacity = fcntl(write_fd, F_GETPIPE_SZ)
        poll = select.poll()
        poll.register(write_fd, select.POLLOUT)
        accepted["poll"] = fill_while(lambda: poll.poll(0), write_fd)
        os.read(read_fd, capacity)
        accepted["select"] = fill_while(lambda: select.select([], [write_fd], [], 0)[1], write_fd)
        os.read(read_fd, capacity)
        accepted["write"] = fill(write_fd, 1)
        freed = 0
        while not poll.poll(0):
            freed += len(os.read(read_fd, 1))
    return capacity, accepted, freed


def granted_by_requested_size(sizes: Sequence[int]) -> tuple[dict[int, int | str], bool]:
    """What does F_SETPIPE_SZ make of each size asked for: a capacity, or the name of an errno?

    Also returns whether this process holds CAP_SYS_RESOURCE. man 2 fcntl, F_SETPIPE_SZ.
    """
    with open_pipe() as (_, write_fd):
        return {size: resize(write_fd, size) for size in sizes}, may_exceed_limits()


def granted_while_in_use() -> tuple[int, int, dict[int, int | str]]:
    """Which sizes does F_SETPIPE_SZ grant to a pipe that holds data?

    Chunks too large to share a page occupy one slot more than half of them. Of the first chunk all
    is read again but one byte, which keeps its slot. Returns the number of slots in use, the bytes
    that they hold, and what became of requests for half the capacity and for the whole of it.
    """
    with open_pipe() as (read_fd, write_fd):
        capacity = fcntl(write_fd, F_GETPIPE_SZ)
        slots = capacity // PAGE_SIZE // 2 + 1
        held = sum(os.write(write_fd, bytes(PAGE_SIZE // 2 + 1)) for _ in range(slots))
        held -= len(os.read(read_fd, PAGE_SIZE // 2))
        sizes = (capacity // 2, capacity)
        return slots, held, {size: resize(write_fd, size) for size in sizes}


def capacity_by_pages_held() -> list[tuple[int, int]]:
    """How large is a new pipe, by the pages that this process's pipes hold already?

    Makes pipes as large as it may, until a new one is smaller than the first was, and returns
    (pages held before, capacity of the new pipe) for each. The limit counts all pipes of a user, so
    root becomes a user of whom there is nothing else; anybody else uses up their own allowance until
    this returns. man 7 pipe, pipe-user-pages-soft.
    """
    if os.geteuid() == 0:
        os.setuid(STRANGER)
    points: list[tuple[int, int]] = []
    held = 0
    with ExitStack() as pipes:
        while len(points) < MOST_PIPES and (not points or points[-1][1] >= points[0][1]):
            _, write_fd = pipes.enter_context(open_pipe())
            points.append((held, fcntl(write_fd, F_GETPIPE_SZ)))
            resize(write_fd, pipe_max_size())
            held += fcntl(write_fd, F_GETPIPE_SZ) // PAGE_SIZE
    return points


def pipe_max_size() -> int:
    """The largest capacity in bytes that an ordinary process may ask for. man 7 pipe."""
    return int(Path("/proc/sys/fs/pipe-max-size").read_text())


def pipe_user_pages_soft() -> int:
    """How many pages an ordinary user's pipes may hold before new ones are small; 0: no limit."""
    return int(Path("/proc/sys/fs/pipe-user-pages-soft").read_text())


def resize(fd: int, size: int) -> int | str:
    """The capacity that F_SETPIPE_SZ gave, or the name of the errno with which it refused."""
    try:
        return fcntl(fd, F_SETPIPE_SZ, size)
    except OSError as error:
        return errno.errorcode[error.errno or 0]


def may_exceed_limits() -> bool:
    """Does this process hold CAP_SYS_RESOURCE? man 7 capabilities."""
    status = Path("/proc/self/status").read_text()
    effective = status.partition("CapEff:")[2].split(maxsplit=1)[0]
    return bool(int(effective, 16) >> CAP_SYS_RESOURCE & 1)
