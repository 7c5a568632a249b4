"""What do writers put into a pipe that has room for one write, and a reader that takes its time?

The pipe is in packet mode and one page large: each write of at most PIPE_BUF bytes is one packet, a
longer one falls into several, and the next packet has no room before the reader has taken the last.
The reader waits until every writer sleeps. So writers take turns, packet by packet, on any machine.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Send = Callable[[int, int, bytes], None]
Job = tuple[int, list[bytes]]  # a sender and its records

_DEADLINE = 3.0  # seconds for writers to say the next thing
_QUIET = 0.1  # seconds to wait at most until all writers sleep
_PAUSE = 0.0002  # seconds between two looks
_MOST, _OVERHEAD = 1 << 17, 64  # bytes that come on top, and the most for each byte of a record
_PACKET = 1 << 16  # bytes; one read returns one packet, at most PIPE_BUF


@dataclass
class Collected:
    """What came through, packet by packet, and how the writers fared."""

    room: int  # bytes; whoever writes more will never end
    packets: list[bytes] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)  # "kind|text", one for each writer at most
    stuck: bool = False


@dataclass(frozen=True)
class Accident:
    """The first writer gets this signal when so many of its packets have been read."""

    signal: int
    after: int


def state_of(pid: int | str) -> str:
    """The letter of a process's state in /proc, or of "pid/task/tid": S asleep, T stopped, Z ended. man 5 proc."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0]
    return "Z"


def collect(
    send: Send, jobs: Sequence[Job], accident: Accident | None = None, packets: bool = True
) -> Collected:
    """Let one process for each job send its records, and read what they write, a packet at a time.

    Without `packets` it is a common pipe: much faster for a solution that makes tiny writes.
    """
    read_fd, write_fd = os.pipe2(os.O_CLOEXEC | (os.O_DIRECT if packets else 0))
    if packets:
        fcntl.fcntl(write_fd, fcntl.F_SETPIPE_SZ, os.sysconf("SC_PAGE_SIZE"))
    said_fd, say_fd = os.pipe2(os.O_CLOEXEC)
    gates = [os.pipe2(os.O_CLOEXEC) for _ in jobs]
    pids = [
        _start(send, write_fd, say_fd, job, gate[0], read_fd)
        for job, gate in zip(jobs, gates, strict=True)
    ]
    for fd in (write_fd, say_fd):
        os.close(fd)
    found = Collected(
        _MOST + _OVERHEAD * sum(len(record) for _, records in jobs for record in records)
    )
    try:
        if accident:
            _let_it_happen(found, read_fd, gates, pids, accident)
        _release(gates)
        _read_packets(found, read_fd, pids, accident)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        _collect_troubles(found, said_fd)
        for fd in (read_fd, said_fd, *(gate[0] for gate in gates)):
            os.close(fd)
    return found


def joins_writes(send: Send) -> bool:
    """Does a writer use a description without O_DIRECT, for which the kernel joins short writes?

    The pipe is full, so every writer sleeps, or asks again and again, in its first write.
    """
    read_fd, write_fd = os.pipe2(os.O_CLOEXEC | os.O_DIRECT)
    fcntl.fcntl(write_fd, fcntl.F_SETPIPE_SZ, os.sysconf("SC_PAGE_SIZE"))
    os.write(write_fd, b"full")
    gate = os.pipe2(os.O_CLOEXEC)
    with open(os.devnull, "wb") as nobody:
        pid = _start(send, write_fd, nobody.fileno(), (5, [b"x"]), gate[0], read_fd)
    _release([gate])
    try:
        deadline = time.monotonic() + _DEADLINE
        while time.monotonic() < deadline:
            sleeps = not _ready(gate[0], 0) and state_of(pid) in "SZ"
            if _has_plain_description(pid, os.fstat(write_fd)):
                return True
            if sleeps:
                break
            select.select([], [], [], _PAUSE)
        return False
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        for fd in (read_fd, write_fd, gate[0]):
            os.close(fd)


def _has_plain_description(pid: int, pipe: os.stat_result) -> bool:
    """Does it hold a write end of this pipe whose status flags lack O_DIRECT? man 5 proc_pid_fdinfo."""
    for fd in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(OSError):  # it may be closed meanwhile
            if not os.path.samestat(os.stat(f"/proc/{pid}/fd/{fd}"), pipe):
                continue
            with open(f"/proc/{pid}/fdinfo/{fd}") as file:
                flags = next(int(line.split()[1], 8) for line in file if line.startswith("flags:"))
            if flags & os.O_ACCMODE != os.O_RDONLY and not flags & os.O_DIRECT:
                return True
    return False


def _start(send: Send, write_fd: int, say_fd: int, job: Job, gate_fd: int, read_fd: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        os.close(read_fd)
        os.read(gate_fd, 1)
        before = _surroundings(write_fd)
        for record in job[1]:
            send(write_fd, job[0], record)
        if (after := _surroundings(write_fd)) != before:
            os.write(say_fd, f"{_what_changed(before, after)}\n".encode())
    except BaseException as error:
        text = f"exception|send_record raised {type(error).__name__}: {error}"
        os.write(say_fd, text.replace("\n", " ")[:500].encode() + b"\n")
    finally:
        os._exit(0)


def _surroundings(fd: int) -> tuple[int, int]:
    with contextlib.suppress(OSError):
        return fcntl.fcntl(fd, fcntl.F_GETFL), len(os.listdir("/proc/self/fd"))
    return -1, 0


def _what_changed(before: tuple[int, int], after: tuple[int, int]) -> str:
    if after[0] == -1:
        return "exception|send_record closed the descriptor that it was given."
    if after[0] != before[0]:
        return "flags-changed|send_record left other status flags on the write end."
    if after[1] > before[1]:
        return f"fd-leak|After send_record {after[1] - before[1]} more descriptors were open."
    return "exception|send_record closed descriptors that were not its own."


def _release(gates: Sequence[tuple[int, int]]) -> None:
    for gate in gates:
        with contextlib.suppress(OSError):
            os.write(gate[1], b"x")
            os.close(gate[1])


def _let_it_happen(
    found: Collected,
    read_fd: int,
    gates: list[tuple[int, int]],
    pids: list[int],
    accident: Accident,
) -> None:
    """Release the first writer alone, as far as its accident."""
    os.write(gates[0][1], b"x")
    for _ in range(accident.after):
        if not _read_one(found, read_fd, pids[:1]):
            break
    _wait_until_quiet(pids[:1])  # then it has written all that the pipe takes, on any machine
    os.kill(pids[0], accident.signal)


def _read_packets(
    found: Collected, read_fd: int, pids: list[int], accident: Accident | None
) -> None:
    stopped = accident is not None and accident.signal == signal.SIGSTOP
    while True:
        _wait_until_quiet(pids)
        # When the others wait for something else than the pipe, they wait for the stopped one.
        patience = 0 if all(state_of(pid) == "Z" for pid in pids[1:]) else _QUIET
        if stopped and not _ready(read_fd, patience):
            os.kill(pids[0], signal.SIGCONT)
            stopped = False
        if not _read_one(found, read_fd, pids):
            return


def _read_one(found: Collected, read_fd: int, pids: list[int]) -> bool:
    if len(pids) > 1:
        _wait_until_quiet(pids)
    if not _ready(read_fd, _DEADLINE):
        found.stuck = True
        return False
    packet = os.read(read_fd, _PACKET)
    if packet:
        found.packets.append(packet)
        found.room -= len(packet)
    if found.room < 0:
        found.troubles.append("hang|send_record wrote on and on, many times what it was given.")
        return False
    return bool(packet)


def _wait_until_quiet(pids: list[int]) -> None:
    """Then whoever wrote last stands behind all others, and the next packet is another writer's."""
    deadline = time.monotonic() + _QUIET
    while any(state_of(pid) not in "STZ" for pid in pids) and time.monotonic() < deadline:
        select.select([], [], [], _PAUSE)


def _ready(fd: int, seconds: float) -> bool:
    return bool(select.select([fd], [], [], seconds)[0])


def _collect_troubles(found: Collected, said_fd: int) -> None:
    os.set_blocking(said_fd, False)
    with contextlib.suppress(BlockingIOError):
        text = os.read(said_fd, _PACKET).decode(errors="replace")
        found.troubles += text.splitlines()
