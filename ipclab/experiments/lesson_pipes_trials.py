"""What happens to a pipe, and to a line of output, when a process forks, execs or ends?

Measurements for the lesson on pipes: each starts processes, reaps them, and returns plain data.
"""

from __future__ import annotations

import errno
import os
import sys
import termios
from collections.abc import Callable
from fcntl import ioctl

from ipclab.ipc.capture import capture
from ipclab.ipc.pipes import Pipe, read_exactly, write_all
from ipclab.ipc.processes import reap, spawn
from ipclab.sandbox.observe import descriptors_of

Table = tuple[tuple[int, str], ...]  # (number, "read" or "write"), ...
ENDED: Table | None = None


def two_readers(rounds: int) -> list[tuple[int, int]]:
    """How many bytes did each of two readers get from a pipe with one byte in it?"""
    return [one_round() for _ in range(rounds)]


def one_round() -> tuple[int, int]:
    """One byte, two readers, and then end of file for whoever still waits."""
    with Pipe() as pipe:
        first, second = spawn(read_one_byte, pipe), spawn(read_one_byte, pipe)
        write_all(pipe.write_end.fd, b"!")
        pipe.write_end.close()
        return reap(first), reap(second)


def read_one_byte(pipe: Pipe) -> None:
    """A reader: its exit status is the number of bytes that it got."""
    pipe.write_end.close()
    os._exit(len(os.read(pipe.read_end.fd, 1)))


def descriptor_tables() -> list[tuple[str, Table, Table | None, int]]:
    """Both processes' descriptors for one pipe and the bytes in it, at four moments.

    Two more pipes take turns between the processes, so that each table is read while its owner
    waits: they are left out of what is returned.
    """
    with Pipe() as pipe, Pipe() as go, Pipe() as done:
        moments = [("pipe2", table_of(os.getpid(), pipe), ENDED, waiting_in(pipe))]
        child = spawn(send_in_turns, pipe, go, done)
        for name in ("fork", "close"):
            write_all(go.write_end.fd, b"!")
            read_exactly(done.read_end.fd, 1)
            if name == "close":
                pipe.write_end.close()
            both = table_of(os.getpid(), pipe), table_of(child, pipe)
            moments.append((name, *both, waiting_in(pipe)))
        write_all(go.write_end.fd, b"!")
        reap(child)
        moments.append(("write and exit", table_of(os.getpid(), pipe), ENDED, waiting_in(pipe)))
        return moments


def send_in_turns(pipe: Pipe, go: Pipe, done: Pipe) -> None:
    """The child: shows both ends, then closes one, then writes and ends; each when told to."""
    for unused in ([], [pipe.read_end]):
        read_exactly(go.read_end.fd, 1)
        for end in unused:
            end.close()
        write_all(done.write_end.fd, b"!")
    read_exactly(go.read_end.fd, 1)
    write_all(pipe.write_end.fd, b"hello")


def table_of(pid: int, pipe: Pipe) -> Table:
    """The entries of a process's descriptor table that refer to this pipe."""
    inode = os.fstat(pipe.read_end.fd).st_ino
    entries = descriptors_of(pid)
    return tuple((entry.number, entry.access) for entry in entries if entry.inode == inode)


def waiting_in(pipe: Pipe) -> int:
    """Bytes that were written and not yet read. man 2 ioctl_tty, FIONREAD."""
    answer = ioctl(pipe.read_end.fd, termios.FIONREAD, bytes(4))
    return int.from_bytes(answer, sys.byteorder)


CALLS: dict[str, Callable[[], tuple[int, int]]] = {
    "os.pipe2(0)": lambda: os.pipe2(0),
    "os.pipe2(os.O_CLOEXEC)": lambda: os.pipe2(os.O_CLOEXEC),
    "os.pipe()": os.pipe,
}

# A closed number may have been given to another file since: only the inode tells.
COUNT_OPEN = """\
import os, sys

def is_open(fd):
    try:
        return os.fstat(fd).st_ino == inode
    except OSError:
        return False

inode, *fds = map(int, sys.argv[1:])
print(sum(map(is_open, fds)))
"""


def ends_open(call: str) -> tuple[int, int]:
    """How many ends of a new pipe has a child after fork, and how many after exec?"""
    ends = CALLS[call]()
    inode = os.fstat(ends[0]).st_ino
    child = spawn(lambda: os._exit(sum(os.fstat(fd).st_ino == inode for fd in ends)))
    after_fork = reap(child)
    arguments = [str(number) for number in (inode, *ends)]
    printed, _, _ = capture([sys.executable, "-ES", "-c", COUNT_OPEN, *arguments])
    for fd in ends:
        os.close(fd)
    return after_fork, int(printed)


LEAVE = {
    "both exit normally": "sys.exit()",
    "child leaves by os._exit": "os._exit(0)",
    "child becomes another program": 'os.execvp("true", ["true"])',
}


def program(leave: str, before_fork: str = "") -> str:
    """A program that prints a line and then forks; its child leaves in this way."""
    lines = ["import os, sys", 'print("hello")', before_fork, "pid = os.fork()", "if pid == 0:"]
    lines += [f"    {leave}", "os.waitpid(pid, 0)"]
    return "\n".join(filter(None, lines))


def times_printed() -> dict[str, int]:
    """How often each variant's line came out; into a pipe but for the last, a terminal."""
    normally = program("sys.exit()")
    times = {how: into_a_pipe(program(leave)).count(b"hello") for how, leave in LEAVE.items()}
    flushed = program("sys.exit()", "sys.stdout.flush()")
    times["flushed before the fork"] = into_a_pipe(flushed).count(b"hello")
    times["printed to a terminal"] = to_a_terminal(normally).count(b"hello")
    return times


def interpreter(source: str) -> list[str]:
    # -E: PYTHONUNBUFFERED in the environment would take the buffer away. -S: starts faster.
    return [sys.executable, "-ES", "-c", source]


def into_a_pipe(source: str) -> bytes:
    """What a Python program prints when its standard output is a pipe."""
    printed, _, _ = capture(interpreter(source))
    return printed


def to_a_terminal(source: str) -> bytes:
    """What it prints when its standard output is a terminal. man 7 pty."""
    ours, theirs = os.openpty()
    child = spawn(exec_on, theirs, source)
    os.close(theirs)
    printed = read_terminal(ours)
    os.close(ours)
    reap(child)
    return printed


def exec_on(fd: int, source: str) -> None:
    os.dup2(fd, 1)
    os.execv(sys.executable, interpreter(source))


def read_terminal(fd: int) -> bytes:
    """Read until nobody has the terminal open any more: that is EIO here, not end of file."""
    printed = b""
    try:
        while chunk := os.read(fd, 1024):
            printed += chunk
    except OSError as error:
        if error.errno != errno.EIO:
            raise
    return printed
