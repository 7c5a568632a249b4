"""What can shared memory do that a pipe cannot, and the other way round? One trial for each property.

Each trial does the same with both and returns what happened, as plain data. man 7 pipe, man 7
shm_overview.
"""

from __future__ import annotations

import errno
import mmap
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import posix_ipc

from ipclab.ipc.capture import capture
from ipclab.ipc.pipes import Pipe, read_exactly, write_all
from ipclab.ipc.processes import reap, spawn

SIZE = 4096  # bytes of the shared memory
NAME = "/ipclab-differences"  # in a /dev/shm of the run's own
# A stranger: another program, which inherits nothing and knows no more than a name.
STRANGER = """
import sys, posix_ipc, os
try:
    posix_ipc.SharedMemory(sys.argv[1]) if sys.argv[2] == "memory" else os.open(sys.argv[1], os.O_RDONLY)
except (OSError, posix_ipc.Error) as error:
    print(type(error).__name__)
else:
    print("joined")
"""


class Outcome(NamedTuple):
    """What came of one trial: of which mechanisms the statement is true, and what was seen."""

    pipe: bool
    memory: bool
    seen: str


@contextmanager
def shared(size: int = SIZE) -> Iterator[mmap.mmap]:
    """Shared memory under NAME, unlinked at the end of the block."""
    object_ = posix_ipc.SharedMemory(NAME, posix_ipc.O_CREX, size=size)
    memory = mmap.mmap(object_.fd, size)
    object_.close_fd()
    try:
        yield memory
    finally:
        memory.close()
        posix_ipc.unlink_shared_memory(NAME)


def joined_by_name() -> Outcome:
    """Can a program that inherits nothing join in, by what the object is called?"""
    with Pipe() as pipe, shared():
        name = os.readlink(f"/proc/self/fd/{pipe.read_end.fd}")
        answers = [_stranger(name, "pipe"), _stranger(NAME, "memory")]
    return Outcome(
        answers[0] == "joined",
        answers[1] == "joined",
        f"a stranger opened {name.partition(':')[0]}:[…]: {answers[0]}; {NAME}: {answers[1]}",
    )


def _stranger(name: str, kind: str) -> str:
    output, _, _ = capture([sys.executable, "-c", STRANGER, name, kind])
    return output.decode().strip()


def both_ways() -> Outcome:
    """Do bytes travel in both directions?"""
    with Pipe() as pipe:
        against = _errno_of(os.write, pipe.read_end.fd, b"x")
    with shared() as memory, Pipe() as done:
        memory[0:1] = b"?"
        child = spawn(_answer, memory, done)
        read_exactly(done.read_end.fd, 1)
        reap(child)
        answered = memory[0:1] == b"!"
    seen = f"a write into the read end: {against}; a child answered in the same memory: {answered}"
    return Outcome(against == "written", answered, seen)


def _answer(memory: mmap.mmap, done: Pipe) -> None:
    if memory[0:1] == b"?":
        memory[0:1] = b"!"
    write_all(done.write_end.fd, b"x")


def is_a_stream() -> Outcome:
    """Is what was read gone, and is there no going back?"""
    with Pipe() as pipe:
        write_all(pipe.write_end.fd, b"abc")
        first = read_exactly(pipe.read_end.fd, 2)
        back = _errno_of(os.lseek, pipe.read_end.fd, 0, os.SEEK_SET)
        second = read_exactly(pipe.read_end.fd, 1)
    with shared() as memory:
        memory[0:3] = b"abc"
        twice = memory[0:2], memory[0:2], memory[1:2]
    seen = f"pipe: {first!r}, then seek: {back}, then {second!r}; memory: {twice[0]!r} twice, then {twice[2]!r}"
    return Outcome(back == "ESPIPE" and second == b"c", twice[0] != twice[1], seen)


def waits_when_full() -> Outcome:
    """Does the writer have to wait when the reader is behind, or is there a place for everything?"""
    with Pipe() as pipe:
        os.set_blocking(pipe.write_end.fd, False)
        accepted = 0
        while (word := _errno_of(os.write, pipe.write_end.fd, bytes(4096))) == "written":
            accepted += 4096
    with shared() as memory:
        try:
            memory[SIZE : SIZE + 1] = b"x"
            beyond = "written"
        except IndexError:
            beyond = "no such place"
        memory[0:1] = b"x"  # written over, again and again, without any reader
        memory[0:1] = b"y"
    seen = f"pipe: {word} after {accepted:,} bytes; memory: {SIZE:,} bytes, one more: {beyond}"
    return Outcome(word == "EAGAIN", False, seen)


def needs_a_lock() -> Outcome:
    """Does a reader that comes first get what was never written?"""
    with Pipe() as pipe:
        os.set_blocking(pipe.read_end.fd, False)
        early = _errno_of(os.read, pipe.read_end.fd, 1)
    with shared() as memory:
        found = memory[0:1]
    seen = f"read before anything was written: pipe: {early} (it would wait); memory: {found!r}"
    return Outcome(early == "written", found == b"\0", seen)


def outlives_its_processes() -> Outcome:
    """Is it still there when no process has it open?"""
    memory = posix_ipc.SharedMemory(NAME, posix_ipc.O_CREX, size=SIZE)
    os.pwrite(memory.fd, b"abc", 0)
    memory.close_fd()
    again = posix_ipc.SharedMemory(NAME)
    kept = os.pread(again.fd, 3, 0)
    again.close_fd()
    again.unlink()
    read_fd, write_fd = os.pipe2(os.O_CLOEXEC)
    write_all(write_fd, b"abc")
    number = os.readlink(f"/proc/self/fd/{read_fd}")
    os.close(read_fd)
    os.close(write_fd)
    left = os.path.exists(f"/proc/self/fd/{read_fd}")
    seen = f"closed everywhere: memory held {kept!r}; {number.partition(':')[0]} there: {left}"
    return Outcome(left, kept == b"abc", seen)


def _errno_of(call: Callable[..., object], *arguments: object) -> str:
    """The errno of a call that fails; "written" of one that does not."""
    try:
        call(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "written"


TRIALS: dict[str, Callable[[], Outcome]] = {
    "joined by name alone": joined_by_name,
    "direction": both_ways,
    "unit": is_a_stream,
    "how much fits": waits_when_full,
    "needs synchronisation": needs_a_lock,
    "exists while no process has it open": outlives_its_processes,
}


def settle() -> dict[str, list[object]]:
    """All trials, one after the other."""
    return {name: list(trial()) for name, trial in TRIALS.items()}
