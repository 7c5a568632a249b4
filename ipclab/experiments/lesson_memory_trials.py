"""What do the calls of shared memory and semaphores do, one by one, and who sees it?

Measurements for the lesson on shared memory: system calls in, plain data out. Each runs where /dev/shm is
empty and its own.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import signal
import struct
import sys
import tempfile
from collections.abc import Iterator

import posix_ipc

from ipclab.experiments import lesson_memory_programs as programs
from ipclab.ipc.capture import capture
from ipclab.ipc.pipes import Pipe, read_exactly, read_until_eof, write_all
from ipclab.ipc.processes import reap, spawn

NAME, SIZE = "/lesson", 8192
Place = tuple[str, int, int]  # range of addresses, offset in the object, inode
Step = tuple[str, list[str], int | None, bool, int | None]


def steps() -> list[Step]:
    """(call, names in /dev/shm, size of the object, mapped here, the semaphore's value), after each call."""
    return list(_steps())


def _steps() -> Iterator[Step]:
    yield "nothing yet", *_seen(None)
    memory = posix_ipc.SharedMemory(NAME, posix_ipc.O_CREX, mode=0o600)
    yield "shm_open", *_seen(None)
    os.ftruncate(memory.fd, SIZE)
    yield "ftruncate", *_seen(None)
    mapping = mmap.mmap(memory.fd, SIZE)
    yield "mmap", *_seen(None)
    memory.close_fd()
    yield "close", *_seen(None)
    semaphore = posix_ipc.Semaphore(NAME, posix_ipc.O_CREX, mode=0o600, initial_value=1)
    yield "sem_open", *_seen(semaphore)
    semaphore.acquire()
    yield "sem_wait", *_seen(semaphore)
    mapping[0] = 65
    semaphore.release()
    yield "sem_post", *_seen(semaphore)
    posix_ipc.unlink_shared_memory(NAME)
    yield "shm_unlink", *_seen(semaphore)
    semaphore.unlink()
    yield "sem_unlink", *_seen(semaphore)
    semaphore.close()
    mapping.close()
    yield "munmap, sem_close", *_seen(None)


def _seen(
    semaphore: posix_ipc.Semaphore | None,
) -> tuple[list[str], int | None, bool, int | None]:
    path = f"/dev/shm{NAME}"
    size = os.stat(path).st_size if os.path.exists(path) else None
    value = None if semaphore is None else int(semaphore.value)
    return sorted(os.listdir("/dev/shm")), size, bool(places(os.getpid(), NAME)), value


def places(pid: int, name: str) -> list[Place]:
    """Where a process has mapped an object (man 5 proc_pid_maps)."""
    found = []
    with open(f"/proc/{pid}/maps") as file:
        for line in file:
            fields = line.split(maxsplit=5)
            if len(fields) == 6 and fields[5].split()[0] == f"/dev/shm{name}":
                found.append((fields[0], int(fields[2], 16), int(fields[4])))
    return found


def address_spaces() -> tuple[Place, Place, bytes]:
    """Where two programs with nothing in common have mapped one object, and what the second one reads."""
    memory = posix_ipc.SharedMemory(NAME, posix_ipc.O_CREX, mode=0o600, size=SIZE)
    mmap.mmap(-1, 1 << 24)  # something else first, so that the addresses have no reason to agree
    mapping = mmap.mmap(memory.fd, SIZE)
    memory.close_fd()
    with Pipe() as ready, Pipe() as leave:
        other = spawn(_map_and_wait, ready, leave)
        read_exactly(ready.read_end.fd, 1)
        (here,), (there,) = places(os.getpid(), NAME), places(other, NAME)
        mapping[0:5] = b"hello"
        write_all(leave.write_end.fd, b"!")
        ready.write_end.close()
        seen = read_until_eof(ready.read_end.fd)
        reap(other)
    posix_ipc.unlink_shared_memory(NAME)
    return here, there, seen


def _map_and_wait(ready: Pipe, leave: Pipe) -> None:
    """Another program: it opens the object by its name, as a stranger does."""
    os.set_inheritable(ready.write_end.fd, True)
    os.set_inheritable(leave.read_end.fd, True)
    script = (
        "import mmap, os, posix_ipc\n"
        f"data = mmap.mmap(posix_ipc.SharedMemory({NAME!r}).fd, {SIZE})\n"
        f"os.write({ready.write_end.fd}, b'!')\n"
        f"os.read({leave.read_end.fd}, 1)\n"
        f"os.write({ready.write_end.fd}, data[0:5])\n"
    )
    os.execv(sys.executable, [sys.executable, "-c", script])


def as_a_file() -> tuple[str, str, str]:
    """What ls, cat and od say about an object and a semaphore."""
    memory = posix_ipc.SharedMemory(NAME, posix_ipc.O_CREX, mode=0o600, size=6)
    os.write(memory.fd, b"hello\n")
    memory.close_fd()
    semaphore = posix_ipc.Semaphore(NAME, posix_ipc.O_CREX, mode=0o600, initial_value=3)
    listing = f"{os.stat(f'/dev/shm{NAME}').st_mode & 0o777:o}"
    text = _output("cat", f"/dev/shm{NAME}")
    counter = _output("od", "-A", "n", "-t", "u4", "-N", "4", f"/dev/shm/sem.{NAME[1:]}")
    posix_ipc.unlink_shared_memory(NAME)
    semaphore.unlink()
    return listing, text, counter.strip()


def _output(program: str, *arguments: str) -> str:
    out, _, _ = capture([f"/usr/bin/{program}", *arguments])
    return out.decode()


def strangers() -> list[tuple[str, str]]:
    """(what was started, in which order; what came of the reader), program after program."""
    found = []
    for what, before in _starts().items():
        for program in before:
            _run(program)
        reader = (
            programs.TRUSTING_READER
            if what == "between shm_open and ftruncate"
            else programs.READER
        )
        found.append((what, _run(reader)))
        _sweep()
    found.append(("the writer, after a crash of the first", _after_a_crash()))
    return found


def _starts() -> dict[str, list[str]]:
    return {
        "after the writer": [programs.WRITER],
        "before the writer": [],
        "between shm_open and ftruncate": [programs.UNFINISHED["before ftruncate"]],
        "between ftruncate and sem_open": [programs.UNFINISHED["before sem_open"]],
        "after the names were unlinked": [programs.WRITER, programs.CLEANER],
    }


def _after_a_crash() -> str:
    _run(programs.WRITER)  # which unlinks nothing, as if it had been killed before that
    outcome = _run(programs.WRITER)
    _sweep()
    return outcome


def _run(program: str) -> str:
    """What a program printed, or how it failed, in a few words."""
    out, err, status = capture([sys.executable, "-c", program])
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    if status:
        return err.decode().strip().splitlines()[-1].partition(":")[0].removeprefix("posix_ipc.")
    return out.decode().strip() or "went well"


def _sweep() -> None:
    for unlink in (posix_ipc.unlink_shared_memory, posix_ipc.unlink_semaphore):
        try:
            unlink(NAME)
        except posix_ipc.ExistentialError:
            continue


def after_a_death() -> tuple[bool, int]:
    """Two locks, held by a process that is killed: is the flock free again, and what is the semaphore's value?"""
    semaphore = posix_ipc.Semaphore(NAME, posix_ipc.O_CREX, mode=0o600, initial_value=1)
    with tempfile.TemporaryFile() as file, Pipe() as ready:
        holder = spawn(_hold_both, f"/proc/{os.getpid()}/fd/{file.fileno()}", semaphore, ready)
        read_exactly(ready.read_end.fd, 1)
        os.kill(holder, signal.SIGKILL)
        reap(holder)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        except BlockingIOError:
            free = False
    value = int(semaphore.value)
    semaphore.unlink()
    return free, value


def _hold_both(path: str, semaphore: posix_ipc.Semaphore, ready: Pipe) -> None:
    # Opened anew: a lock of flock belongs to the open file description, which a child shares.
    with open(path) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        semaphore.acquire()
        write_all(ready.write_end.fd, b"!")
        signal.pause()


class Spy:
    """A number that looks at the memory at the moment in which it is asked for its value."""

    def __init__(self, memory: mmap.mmap) -> None:
        self.memory, self.seen = memory, b""

    def __index__(self) -> int:
        self.seen = self.memory[0:8]
        return 1 << 40


def pack_into_zeroes() -> tuple[bytes, bytes, bytes]:
    """What stood there before, while and after struct.pack_into wrote one number over another."""
    memory = mmap.mmap(-1, 8)
    memory[0:8] = struct.pack("<Q", 0x1111_1111_1111_1111)
    before, spy = memory[0:8], Spy(memory)
    struct.pack_into("<Q", memory, 0, spy)
    return before, spy.seen, memory[0:8]
