"""Pipes: who closes what, and every byte arrives once, in order, however it was cut."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import termios
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipclab.ipc.pipes import Pipe, capacity, read_exactly, read_until_eof, write_all
from ipclab.ipc.processes import reap, spawn

pytestmark = pytest.mark.timeout(30)

PAGE = os.sysconf("SC_PAGE_SIZE")
MIB = 1024 * 1024


@contextmanager
def in_thread(function: Callable[..., object], *args: object) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=function, args=args, daemon=True)
    thread.start()
    yield thread
    thread.join(20)
    assert not thread.is_alive()


def fill(fd: int) -> int:
    """Bytes that lie in the pipe, unread."""
    return int(struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, b"\0" * 4))[0])


def flags(fd: int) -> int:
    return fcntl.fcntl(fd, fcntl.F_GETFL)


# Ownership


def test_leaving_with_closes_both_ends() -> None:
    with Pipe() as pipe:
        fds = [pipe.read_end.fd, pipe.write_end.fd]
    for fd in fds:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(fd)


def test_ends_are_not_inherited_over_exec() -> None:
    with Pipe() as pipe:
        assert not os.get_inheritable(pipe.read_end.fd)
        assert not os.get_inheritable(pipe.write_end.fd)


def test_second_close_spares_whoever_got_the_number() -> None:
    with Pipe() as pipe:
        number = pipe.write_end.fd
        pipe.write_end.close()
        stranger = os.dup2(pipe.read_end.fd, number)
        pipe.write_end.close()
        os.fstat(stranger)
        os.close(stranger)


def test_use_after_close_fails() -> None:
    with Pipe() as pipe:
        pipe.write_end.close()
        with pytest.raises(OSError, match="Bad file descriptor"):
            write_all(pipe.write_end.fd, b"late")


def test_repr_tells_direction_and_descriptor() -> None:
    with Pipe() as pipe:
        assert repr(pipe.read_end) == f"<read end, fd {pipe.read_end.fd}>"
        pipe.write_end.close()
        assert repr(pipe.write_end) == "<write end, closed>"


def test_an_end_can_be_polled() -> None:
    with Pipe() as pipe:
        assert select.select([pipe.read_end], [pipe.write_end], [], 0) == ([], [pipe.write_end], [])


def test_the_example_of_the_docstring() -> None:
    def greet(pipe: Pipe) -> None:
        pipe.read_end.close()
        write_all(pipe.write_end.fd, b"hello")

    with Pipe() as pipe:
        pid = spawn(greet, pipe)
        pipe.write_end.close()
        assert read_until_eof(pipe.read_end.fd) == b"hello"
        assert reap(pid) == 0


# Bytes


@settings(max_examples=60, deadline=None)
@given(
    messages=st.lists(st.binary(max_size=3 * PAGE), max_size=8),
    cuts=st.lists(st.integers(1, 2 * PAGE), min_size=1, max_size=8),
    blocking=st.tuples(st.booleans(), st.booleans()),
)
def test_any_cutting_arrives_whole(
    messages: list[bytes], cuts: list[int], blocking: tuple[bool, bool]
) -> None:
    """A pipe of one page makes writers wait and cuts writes short."""
    stream = b"".join(messages)
    with Pipe() as pipe:
        fcntl.fcntl(pipe.write_end.fd, fcntl.F_SETPIPE_SZ, PAGE)
        os.set_blocking(pipe.read_end.fd, blocking[0])
        os.set_blocking(pipe.write_end.fd, blocking[1])

        def send() -> None:
            for message in messages:
                write_all(pipe.write_end.fd, message)
            pipe.write_end.close()

        received = b""
        with in_thread(send):
            for cut in cuts:
                size = min(cut, len(stream) - len(received))
                received += read_exactly(pipe.read_end.fd, size)
            received += read_until_eof(pipe.read_end.fd)
        assert received == stream


@pytest.mark.parametrize("size", [0, 1, PAGE - 1, PAGE, PAGE + 1, MIB, 3 * MIB + 1])
def test_a_child_sends_any_length(size: int) -> None:
    data = os.urandom(size)
    with Pipe() as pipe:
        pid = spawn(write_all, pipe.write_end.fd, data)
        pipe.write_end.close()
        assert read_until_eof(pipe.read_end.fd) == data
        assert reap(pid) == 0


def test_signals_cut_writes_and_lose_nothing() -> None:
    """A signal handler makes a blocked write return what it has written so far (man 7 signal)."""
    data = os.urandom(2 * MIB)
    rang = []
    before = signal.signal(signal.SIGALRM, lambda *_: rang.append(1))
    try:
        with Pipe() as pipe:
            pid = spawn(lambda: reader_in_small_steps(pipe, data))
            pipe.read_end.close()
            signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
            write_all(pipe.write_end.fd, data)
            signal.setitimer(signal.ITIMER_REAL, 0)
            pipe.write_end.close()
            assert reap(pid) == 0
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert rang


def reader_in_small_steps(pipe: Pipe, expected: bytes) -> None:
    pipe.write_end.close()
    received = b""
    while len(received) < len(expected):
        received += read_exactly(pipe.read_end.fd, min(8 * PAGE, len(expected) - len(received)))
        time.sleep(0.001)  # slow on purpose, so that the writer blocks
    assert received == expected


@pytest.mark.parametrize(
    "data", [bytearray(b"abc"), memoryview(b"abc"), array("I", [1, 2, 3]), b"", array("d")]
)
def test_write_all_takes_any_buffer(data: bytes) -> None:
    with Pipe() as pipe:
        write_all(pipe.write_end.fd, data)
        pipe.write_end.close()
        assert read_until_eof(pipe.read_end.fd) == bytes(memoryview(data).cast("B"))


def test_write_all_without_a_reader() -> None:
    with Pipe() as pipe:
        pipe.read_end.close()
        with pytest.raises(BrokenPipeError):
            write_all(pipe.write_end.fd, b"x")


def test_write_all_stops_waiting_when_the_reader_goes() -> None:
    with Pipe() as pipe:
        os.set_blocking(pipe.write_end.fd, False)
        caught: list[BaseException] = []

        def send() -> None:
            try:
                write_all(pipe.write_end.fd, bytes(MIB))
            except BrokenPipeError as error:
                caught.append(error)

        with in_thread(send):
            select.select([pipe.read_end], [], [])
            pipe.read_end.close()
        assert len(caught) == 1


@pytest.mark.parametrize("sent", [b"", b"abc"])
def test_read_exactly_says_what_is_missing(sent: bytes) -> None:
    with Pipe() as pipe:
        write_all(pipe.write_end.fd, sent)
        pipe.write_end.close()
        with pytest.raises(EOFError, match=re.escape(f"after {len(sent)} of 4 bytes")):
            read_exactly(pipe.read_end.fd, 4)


def test_read_exactly_leaves_the_rest() -> None:
    with Pipe() as pipe:
        write_all(pipe.write_end.fd, b"abcdef")
        assert read_exactly(pipe.read_end.fd, 0) == b""
        assert read_exactly(pipe.read_end.fd, 4) == b"abcd"
        assert fill(pipe.read_end.fd) == 2


def test_waiting_on_non_blocking_ends_costs_no_cpu() -> None:
    with Pipe() as empty, Pipe() as full:
        os.set_blocking(empty.read_end.fd, False)
        os.set_blocking(full.write_end.fd, False)
        spent: list[float] = []

        def timed(function: Callable[..., object], *args: object) -> None:
            function(*args)
            spent.append(time.thread_time())

        with in_thread(timed, read_exactly, empty.read_end.fd, 1):
            with in_thread(timed, write_all, full.write_end.fd, bytes(MIB)):
                time.sleep(0.3)  # the time over which waiting is judged
                read_exactly(full.read_end.fd, MIB)
            write_all(empty.write_end.fd, b"x")
        assert max(spent) < 0.1


# Capacity


@pytest.mark.parametrize("size", [PAGE, 2 * PAGE, 65536, MIB])
@pytest.mark.parametrize("read_blocking", [True, False])
@pytest.mark.parametrize("write_blocking", [True, False])
def test_capacity_is_what_the_kernel_says(
    size: int, read_blocking: bool, write_blocking: bool
) -> None:
    with Pipe() as pipe:
        read_fd, write_fd = pipe.read_end.fd, pipe.write_end.fd
        fcntl.fcntl(write_fd, fcntl.F_SETPIPE_SZ, size)
        os.set_blocking(read_fd, read_blocking)
        os.set_blocking(write_fd, write_blocking)
        before = flags(read_fd), flags(write_fd)
        for _ in range(2):
            assert capacity(read_fd, write_fd) == fcntl.fcntl(write_fd, fcntl.F_GETPIPE_SZ)
            assert fill(read_fd) == 0
            assert (flags(read_fd), flags(write_fd)) == before


def test_capacity_of_a_pipe_in_packet_mode() -> None:
    read_fd, write_fd = os.pipe2(os.O_DIRECT | os.O_CLOEXEC)
    try:
        assert capacity(read_fd, write_fd) == fcntl.fcntl(write_fd, fcntl.F_GETPIPE_SZ)
        assert fill(read_fd) == 0
        assert flags(write_fd) & os.O_DIRECT
    finally:
        os.close(read_fd)
        os.close(write_fd)


def test_capacity_when_both_ends_are_one_description(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    fd = os.open(tmp_path / "fifo", os.O_RDWR)
    try:
        assert capacity(fd, fd) == fcntl.fcntl(fd, fcntl.F_GETPIPE_SZ)
        assert os.get_blocking(fd)
    finally:
        os.close(fd)


def test_capacity_restores_the_flags_when_it_fails() -> None:
    with Pipe() as pipe:
        pipe.read_end.close()
        with pytest.raises(BrokenPipeError):
            capacity(pipe.read_end.fd, pipe.write_end.fd)
        assert os.get_blocking(pipe.write_end.fd)
