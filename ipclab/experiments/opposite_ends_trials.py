"""What is in the descriptor tables of a parent and its child, and what does a forgotten close cause?

Programs for notebook 3: each forks, and those of the first half look into /proc while it stands still.
"""

from __future__ import annotations

import fcntl
import os
from functools import partial

from ipclab.experiments.lesson_pipes_trials import waiting_in
from ipclab.ipc.pipes import Pipe, read_exactly, read_until_eof, write_all
from ipclab.ipc.processes import reap, spawn
from ipclab.sandbox.observe import descriptors_of

Table = tuple[tuple[int, str], ...]  # (number, "read" or "write"), ...
Look = tuple[str, Table, Table | None, int]  # moment, parent, child, bytes waiting
OUT_OF_THE_WAY = 200  # where the helping pipes' descriptors go, so that the pipe gets 3 and 4
HELLO = b"hello"


def tables() -> list[Look]:
    """Both processes' descriptors for one pipe, from before pipe2 until the last close.

    Two more pipes take turns between the processes, so that each table is read while its owner
    waits. All pipes that were there before are left out of what is returned.
    """
    with _helping_pipe() as go, _helping_pipe() as done:
        known = frozenset(_pipes_of(os.getpid()))
        looks: list[Look] = [("start", table_of(os.getpid(), known), None, 0)]
        with Pipe() as pipe:
            looks.append(_look("pipe2", known, pipe))
            child = spawn(_child_in_turns, pipe, go, done)
            for name in ("fork", "child closes", "parent closes", "child writes"):
                if name == "parent closes":
                    pipe.write_end.close()
                else:
                    write_all(go.write_end.fd, b"!")
                    read_exactly(done.read_end.fd, 1)
                looks.append(_look(name, known, pipe, child))
            write_all(go.write_end.fd, b"!")
            reap(child)
            looks.append(_look("child ends", known, pipe))
            read_until_eof(pipe.read_end.fd)
        looks.append(("end", table_of(os.getpid(), known), None, 0))
        return looks


def _child_in_turns(pipe: Pipe, go: Pipe, done: Pipe) -> None:
    """The child: does nothing, closes its read end, writes, ends; each when told to."""
    write = partial(write_all, pipe.write_end.fd, HELLO)
    for act in (bool, pipe.read_end.close, write):  # bool() does nothing
        read_exactly(go.read_end.fd, 1)
        act()
        write_all(done.write_end.fd, b"!")
    read_exactly(go.read_end.fd, 1)


def _helping_pipe() -> Pipe:
    pipe = Pipe()
    for end in (pipe.read_end, pipe.write_end):
        high = fcntl.fcntl(end.fd, fcntl.F_DUPFD_CLOEXEC, OUT_OF_THE_WAY)
        end.close()
        end.fd = high
    return pipe


def _look(name: str, known: frozenset[int], pipe: Pipe, child: int | None = None) -> Look:
    of_child = table_of(child, known) if child else None
    return name, table_of(os.getpid(), known), of_child, waiting_in(pipe)


def _pipes_of(pid: int) -> set[int]:
    return {entry.inode for entry in descriptors_of(pid) if entry.is_pipe}


def table_of(pid: int, known: frozenset[int]) -> Table:
    """The entries of a process's descriptor table that refer to pipes other than the known ones."""
    return tuple(
        (entry.number, entry.access)
        for entry in descriptors_of(pid)
        if entry.is_pipe and entry.inode not in known
    )


# The four closes of a talk in one direction, and three ways in which a reader may end it.
NOTHING, PARENTS_WRITE, CHILDS_READ, CHILDS_WRITE, PARENTS_READ = (
    "nothing",
    "the parent's write end",
    "the child's read end",
    "the child's write end",
    "the parent's read end",
)
ONE_READ, TO_THE_END, LEAVES_EARLY = "reads once", "reads to the end", "leaves early"
LONG = 1 << 20  # bytes: more than a pipe holds


def talk(forgotten: str, reader: str) -> int:
    """Parent and child talk through one pipe; one of four closes is forgotten. Returns bytes read."""
    message = bytes(LONG) if reader == LEAVES_EARLY else HELLO
    read_fd, write_fd = os.pipe2(0)
    pid = os.fork()
    if pid == 0:
        _send(read_fd, write_fd, message, forgotten)
    if forgotten != PARENTS_WRITE:
        os.close(write_fd)
    received = len(os.read(read_fd, 100))
    while reader == TO_THE_END and (chunk := os.read(read_fd, 100)):
        received += len(chunk)
    if forgotten != PARENTS_READ:
        os.close(read_fd)
    os.waitpid(pid, 0)
    return received


def _send(read_fd: int, write_fd: int, message: bytes, forgotten: str) -> None:
    try:
        if forgotten != CHILDS_READ:
            os.close(read_fd)
        os.write(write_fd, message)  # BrokenPipeError, when it learns that nobody can read
        if forgotten != CHILDS_WRITE:
            os.close(write_fd)
    finally:
        os._exit(0)


def usual_capacity() -> int:
    """Bytes that a new pipe holds."""
    with Pipe() as pipe:
        return fcntl.fcntl(pipe.read_end.fd, fcntl.F_GETPIPE_SZ)


def two_way(size: int) -> bytes:
    """The parent sends `size` bytes through one pipe; the child sends them back through another."""
    there_read, there_write = os.pipe2(0)
    back_read, back_write = os.pipe2(0)
    pid = os.fork()
    if pid == 0:
        _send_back(there_read, there_write, back_read, back_write)
    os.close(there_read)
    os.close(back_write)
    write_all(there_write, bytes(size))  # all of the question first,
    os.close(there_write)
    answer = read_until_eof(back_read)  # then the answer
    os.close(back_read)
    os.waitpid(pid, 0)
    return answer


def _send_back(there_read: int, there_write: int, back_read: int, back_write: int) -> None:
    try:
        os.close(there_write)
        os.close(back_read)
        while chunk := os.read(there_read, 4096):
            write_all(back_write, chunk)
    finally:
        os._exit(0)
