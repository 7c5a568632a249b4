"""What happens in the sandbox when exercise 9 is checked: pipes to try, and what a call leaves behind."""

from __future__ import annotations

import fcntl
import os
import struct
import termios
from types import SimpleNamespace
from typing import Any, NamedTuple


class Pipe(NamedTuple):
    """A pipe on which a solution is tried."""

    size: int | None = None  # bytes; None: as the system gives it
    reads_block: bool = True
    writes_block: bool = True

    def __str__(self) -> str:
        size = f"of {self.size:,} bytes" if self.size else "as the system makes it"
        modes = [
            "blocking" if mode else "non-blocking" for mode in (self.reads_block, self.writes_block)
        ]
        return f"a pipe {size} (read end {modes[0]}, write end {modes[1]})"


FRESH = Pipe()


def measure(functions: SimpleNamespace, pipes: list[Pipe], times: int) -> list[dict[str, Any]]:
    """In the sandbox: call the solution on each pipe, `times` times, and look at what it leaves."""
    return [
        seen for pipe in pipes for seen in _measure_one(functions.pipe_capacity, Pipe(*pipe), times)
    ]


def _measure_one(function: Any, pipe: Pipe, times: int) -> list[dict[str, Any]]:
    read_fd, write_fd = os.pipe2(os.O_CLOEXEC)
    if pipe.size:
        fcntl.fcntl(write_fd, fcntl.F_SETPIPE_SZ, pipe.size)
    os.set_blocking(read_fd, pipe.reads_block)
    os.set_blocking(write_fd, pipe.writes_block)
    seen = []
    for _ in range(times):
        truth, before, moved = _capacity(write_fd), _flags(read_fd, write_fd), _bytes_moved()
        value = function(read_fd, write_fd)
        seen.append(
            {
                "pipe": tuple(pipe),
                "capacity": truth,
                "value": value if type(value) is int else None,
                "shown": f"{value!r:.60}",
                "moved": _bytes_moved() - moved,
                "flags": (before, _flags(read_fd, write_fd)),
                "open": (_is_pipe(read_fd), _is_pipe(write_fd)),
                "left": _held(read_fd),
                "resized": _capacity(write_fd),
            }
        )
        _drain(read_fd)
    for descriptor in (read_fd, write_fd):
        if _is_pipe(descriptor):
            os.close(descriptor)
    return seen


def _capacity(write_fd: int) -> int | None:
    try:
        return fcntl.fcntl(write_fd, fcntl.F_GETPIPE_SZ)
    except OSError:
        return None


def _flags(*descriptors: int) -> tuple[int | None, ...]:
    """Status and descriptor flags of each end; None for one that is closed."""
    found: list[int | None] = []
    for descriptor in descriptors:
        for command in (fcntl.F_GETFL, fcntl.F_GETFD):
            try:
                found.append(fcntl.fcntl(descriptor, command))
            except OSError:
                found.append(None)
    return tuple(found)


def _is_pipe(descriptor: int) -> bool:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}").startswith("pipe:")
    except OSError:
        return False


def _held(read_fd: int) -> int:
    """Bytes in the pipe (man 2 ioctl_pipe, FIONREAD)."""
    try:
        held: int = struct.unpack("i", fcntl.ioctl(read_fd, termios.FIONREAD, bytes(4)))[0]
        return held
    except OSError:
        return 0


def _drain(read_fd: int) -> None:
    """What one call leaves in the pipe must not spoil the next."""
    while held := _held(read_fd):
        os.read(read_fd, held)


def _bytes_moved() -> int:
    """Bytes that this process, and children that it waited for, have read and written so far."""
    try:
        with open("/proc/self/io") as file:
            counts = dict(line.split(": ") for line in file.read().splitlines())
    except OSError:
        return 0
    return int(counts["rchar"]) + int(counts["wchar"])
