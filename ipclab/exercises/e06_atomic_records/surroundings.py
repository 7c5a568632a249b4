"""What is around a sender and a receiver, and must be as it was: descriptors, flags, children, signals."""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

from . import judging
from .collecting import collect
from .delivering import deliver
from .judging import Verdict

_TICK = 0.002  # seconds between two signals
_RECORDS = [b"first", b"", b"third"]  # few bytes, so that one process can write, then read


def interrupted(functions: SimpleNamespace, seed: int) -> Verdict:
    """The process has a handler, and signals come all the time, in the writer and in the receiver."""
    draw = random.Random(seed)
    job = (7, [b"x", draw.randbytes(20_000), b"", draw.randbytes(5000)])
    what = "While signals came"

    def send(fd: int, sender: int, record: bytes) -> None:
        _tick()
        functions.send_record(fd, sender, record)
        signal.setitimer(signal.ITIMER_REAL, 0)

    def receive(fd: int) -> Iterator[tuple[int, bytes]]:
        _tick()
        yield from functions.receive_records(fd)
        signal.setitimer(signal.ITIMER_REAL, 0)

    collected = collect(send, [job])
    if trouble := judging.of_writers(collected, what):
        return trouble
    stream = b"".join(collected.packets)
    half = len(stream) // 2
    delivered = deliver(receive, [stream[:half], stream[half:]], [-1, len(job[1])])
    return judging.of_records([job], delivered, what) or ("", f"{what}, every record arrived.")


def _tick() -> None:
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, _TICK, _TICK)


def to_the_end(functions: SimpleNamespace) -> Verdict:
    """Send and receive in one process that has a child of its own, until end of file."""
    return _in_one_process(functions, until_end=True)


def given_up(functions: SimpleNamespace) -> Verdict:
    """The caller closes the iterator after the first record."""
    return _in_one_process(functions, until_end=False)


def _in_one_process(functions: SimpleNamespace, until_end: bool) -> Verdict:
    child, gate_fd, open_fd = _start_child()
    read_fd, write_fd = os.pipe()
    try:
        verdict = _send_and_receive(functions, read_fd, write_fd, until_end)
    finally:
        # Whatever the verdict: what is left now would be reported as the solution's.
        for fd in (open_fd, gate_fd, read_fd):
            with contextlib.suppress(OSError):
                os.close(fd)
        of_the_child = _child_of_the_caller(child)
    return verdict or of_the_child or ("", "All was as before.")


def _start_child() -> tuple[int, int, int]:
    """A child that ends when the pipe's write end is closed: its pid, the read end, the write end."""
    gate_fd, open_fd = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(open_fd)
        os.read(gate_fd, 1)
        os._exit(7)
    return child, gate_fd, open_fd


def _send_and_receive(
    functions: SimpleNamespace, read_fd: int, write_fd: int, until_end: bool
) -> Verdict | None:
    before = _flags(read_fd), _flags(write_fd)
    try:
        for record in _RECORDS:
            functions.send_record(write_fd, 5, record)
        records = iter(functions.receive_records(read_fd))
        next(records)
        if not until_end:
            getattr(records, "close", lambda: None)()
        after_sending = _flags(write_fd)
    finally:
        with contextlib.suppress(OSError):
            os.close(write_fd)
    if until_end:
        list(records)
    return _compare(before, (_flags(read_fd), after_sending))


def _flags(fd: int) -> tuple[int, int]:
    try:
        return fcntl.fcntl(fd, fcntl.F_GETFL), fcntl.fcntl(fd, fcntl.F_GETFD)
    except OSError:
        return -1, -1


def _compare(
    before: tuple[tuple[int, int], ...], after: tuple[tuple[int, int], ...]
) -> Verdict | None:
    for what, then, now in zip(("read", "write"), before, after, strict=True):
        if now == (-1, -1):
            return "exception", f"The {what} end was closed; it belongs to the caller."
        if now != then:
            return "flags-changed", f"The {what} end had other flags afterwards."
    return None


def _child_of_the_caller(child: int) -> Verdict | None:
    try:
        _, status = os.waitpid(child, 0)
    except ChildProcessError:
        return "wrong-result", "The caller's own child had been reaped."
    if os.waitstatus_to_exitcode(status) != 7:
        return "wrong-result", "The caller's own child was ended."
    deadline = time.monotonic() + 1  # a reading thread may be about to end
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            thread.join(max(0.0, deadline - time.monotonic()))
    return None
