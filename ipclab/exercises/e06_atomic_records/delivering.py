"""What does a receiver make of these bytes, piece by piece, and does it see the end?"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from .collecting import state_of

Receive = Callable[[int], Iterable[tuple[int, bytes]]]

_HEAD = struct.Struct("<cQI")  # kind, sender, length
_MOST = 2000  # records that a receiver may report
_QUIET = 0.3  # seconds: a receiver that sleeps so long over an empty pipe has said what it can
_PAUSE = 0.0002  # seconds between two looks at the pipe
_LATEST = 2.5  # seconds for a receiver to come to rest
_END = 1.5  # seconds for it to see the end of file


@dataclass
class Delivered:
    """What a receiver yielded, when, and how it ended."""

    records: list[tuple[int, bytes]] = field(default_factory=list)
    trouble: str = ""  # what it raised, or yielded instead of a record
    counts: list[int] = field(
        default_factory=list
    )  # records after each piece, where it was awaited
    ended: bool = False
    before_end: int = 0  # records yielded before the last write end was closed
    running: float = (
        0.0  # the part of the time that it wanted a processor while it was left waiting
    )


def deliver(
    receive: Receive, pieces: Sequence[bytes], counts: Sequence[int], idle: float = 0.0
) -> Delivered:
    """Feed the pieces to a receiver; after each wait until it has yielded so many records as counted.

    A count of -1 waits for nothing. After the first piece it is left alone for `idle` seconds.
    """
    read_fd, write_fd = os.pipe2(os.O_CLOEXEC)
    report_fd, tell_fd = os.pipe2(os.O_CLOEXEC)
    pid = _start(receive, read_fd, tell_fd, (write_fd, report_fd))
    os.close(tell_fd)
    reader = _Reports(report_fd, pid, read_fd)
    os.set_blocking(write_fd, False)
    try:
        for number, (piece, count) in enumerate(zip(pieces, counts, strict=True)):
            reader.feed(write_fd, piece)
            if count >= 0:
                reader.settle(count)
                reader.found.counts.append(len(reader.found.records))
            if idle and number == 0:
                reader.found.running = _running(pid, idle)
        reader.found.before_end = len(reader.found.records)
        os.close(write_fd)
        reader.until_end()
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(report_fd)
        os.close(read_fd)
    return reader.found


def _start(receive: Receive, read_fd: int, tell_fd: int, others: tuple[int, ...]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        for fd in others:
            os.close(fd)
        for number, item in enumerate(receive(read_fd)):
            tell(tell_fd, *_described(item))
            if number > _MOST:
                tell(tell_fd, b"x", 0, b"It yielded more records than were ever sent.")
                os._exit(0)
        tell(tell_fd, b"e", 0, b"")
    except BaseException as error:
        text = f"receive_records raised {type(error).__name__}: {error}"
        tell(tell_fd, b"x", 0, text[:500].encode(errors="replace"))
    finally:
        os._exit(0)


def _described(item: object) -> tuple[bytes, int, bytes]:
    if type(item) is tuple and len(item) == 2:
        sender, record = item
        if type(sender) is int and 0 <= sender < 1 << 64 and type(record) is bytes:
            return b"r", sender, record
        if isinstance(sender, int) and type(record) is bytes:
            return b"r", (1 << 64) - 1, record
    return b"x", 0, f"receive_records yielded {item!r:.100}, not a pair of int and bytes".encode()


def tell(fd: int, kind: bytes, sender: int, data: bytes) -> None:
    """Write one report, whole."""
    rest = memoryview(_HEAD.pack(kind, sender, len(data)) + data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def _running(pid: int, seconds: float) -> float:
    """In which part of this time did it run, or wait for a processor only? The same on a busy machine."""
    samples = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        samples.append(any(state == "R" for state in _thread_states(pid)))
        select.select([], [], [], seconds / 100)
    return sum(samples) / len(samples)


def _thread_states(pid: int) -> list[str]:
    with contextlib.suppress(OSError):
        return [state_of(f"{pid}/task/{thread}") for thread in os.listdir(f"/proc/{pid}/task")]
    return []


class _Reports:
    """The harness's side of one receiver."""

    def __init__(self, fd: int, pid: int, pipe_fd: int) -> None:
        self.fd, self.pid, self.pipe_fd = fd, pid, pipe_fd
        self.pending = bytearray()
        self.found = Delivered()
        self.closed = False

    def feed(self, write_fd: int, piece: bytes) -> None:
        rest = memoryview(piece)
        deadline = time.monotonic() + _LATEST
        while rest and not self.closed and time.monotonic() < deadline:
            readable, writable, _ = select.select([self.fd], [write_fd], [], 0.1)
            if readable:
                self._take()
            if writable:
                with contextlib.suppress(BlockingIOError):
                    rest = rest[os.write(write_fd, rest) :]
                    deadline = time.monotonic() + _LATEST  # slow is allowed, standing still is not
        # The next piece must not join this one: the receiver is to meet just these cuts.
        deadline = time.monotonic() + _QUIET
        while self._held() and not self.closed and time.monotonic() < deadline:
            if select.select([self.fd], [], [], _PAUSE)[0]:
                self._take()

    def settle(self, count: int) -> None:
        """Until that many records have come, or the receiver can't have more to say."""
        deadline = time.monotonic() + _LATEST
        quiet_since = time.monotonic()
        while len(self.found.records) < count and not self.closed:
            now = time.monotonic()
            if select.select([self.fd], [], [], 0.02)[0]:
                self._take()
                quiet_since = now
            elif not self._rests():
                quiet_since = now
            if now - quiet_since > _QUIET or now > deadline:
                return

    def until_end(self) -> None:
        deadline = time.monotonic() + _END
        while not self.closed and (left := deadline - time.monotonic()) > 0:
            if select.select([self.fd], [], [], left)[0] and self._take():
                deadline = time.monotonic() + _END

    def _held(self) -> int:
        held = bytearray(4)
        fcntl.ioctl(self.pipe_fd, termios.FIONREAD, held)
        return int.from_bytes(held, "little")

    def _rests(self) -> bool:
        return not self._held() and state_of(self.pid) in "SZ"

    def _take(self) -> bool:
        """Read what has been reported; was there a record?"""
        chunk = os.read(self.fd, 1 << 20)
        self.closed = not chunk
        self.pending += chunk
        before = len(self.found.records)
        while len(self.pending) >= _HEAD.size:
            kind, sender, length = _HEAD.unpack_from(self.pending)
            end = _HEAD.size + length
            if len(self.pending) < end:
                break
            self._keep(kind, sender, bytes(self.pending[_HEAD.size : end]))
            del self.pending[:end]
        return len(self.found.records) > before

    def _keep(self, kind: bytes, sender: int, data: bytes) -> None:
        if kind == b"r":
            self.found.records.append((sender, data))
        elif kind == b"e":
            self.found.ended = True
        else:
            self.found.trouble = data.decode(errors="replace")
            self.found.ended = True
