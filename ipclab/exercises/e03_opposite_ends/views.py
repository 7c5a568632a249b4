"""What the observer of a talk looks for: one function for each thing that it looks for.

Each is called in the observer, beside the caller that is held at the gate or its child that is, and
returns plain data: what was seen. It judges nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import struct
import termios
from typing import Any

from ipclab.sandbox.observe import observe_process
from ipclab.sandbox.results import Descriptor

from .stage import Stage

_PAGE = os.sysconf("SC_PAGE_SIZE")
PATIENCE = 1.0  # seconds of waiting, over which processor time is measured


def of_reader(stage: Stage) -> dict[str, Any]:
    """The parent, while its child is held back: what does it wait for, and what does it hold?

    A signal comes meanwhile. Then the child may go on, but the observer keeps a write end open: end
    of file comes only later, and nobody who waits for it can return before.
    """
    child = _forked(stage)
    if child is None:
        return {}
    seen: dict[str, Any] = stage.be_patient(stage.caller, PATIENCE)
    stage.settle(stage.caller)
    if stage.has_returned:
        return {**seen, "returned_early": True}
    read_ends = _blocked_on(stage.caller, reading=True)
    seen["blocked"] = bool(read_ends)
    seen["is_pipe"] = any(end.is_pipe for end in read_ends)
    seen["opposite"] = _opposite(stage.caller, read_ends)
    seen["looked"] = bool(read_ends) or _holds_single_ends(stage.caller)
    # Another program may be one that must be given the message first.
    writes = bool(_blocked_on(stage.caller, reading=False)) and not read_ends
    seen["writes"] = writes and not stage.stopped
    _interrupt(stage, stage.caller)
    kept = _reopen(stage.caller, read_ends or _pipes(stage.caller, "read"), os.O_WRONLY)
    stage.open_gate()
    stage.await_end(child)
    if kept:
        stage.settle_or_return(stage.caller)
        seen["returned_early"] = stage.has_returned
    for fd in kept:
        os.close(fd)
    return seen


def of_writer(stage: Stage) -> dict[str, Any]:
    """The child, while its parent is held back: what does it wait for, and what does it hold?

    Then it is stopped and continued, and gets a signal: each time a write returns short.
    """
    child = _forked(stage)
    if child is None:
        return {}
    seen: dict[str, Any] = stage.be_patient(child, PATIENCE)
    stage.settle(child)
    seen.update(_seen_writing(child))
    seen["ended"] = not _is_running(child)
    seen["socket"] = _is_at_a_socket(child)
    seen["waiting"] = _most_waiting(stage.caller)
    # A write that waits and has done nothing yet is not cut short, but begun anew. So there is a
    # little more room each time, and each of several writes is interrupted half-way.
    seen["disturbed"] = seen["looked"] and not seen["ended"]
    for disturb in (_stop_and_continue, _interrupt, _stop_and_continue):
        disturb(stage, child)
        _grow(child)
        stage.settle(child)
    return seen


def of_ends(stage: Stage) -> dict[str, Any]:
    """The child in mid-message, and nothing else: what does it hold?"""
    child = _forked(stage)
    if child is None:
        return {}
    stage.settle(child)
    return _seen_writing(child)


def of_death(stage: Stage) -> dict[str, Any]:
    """The child is killed in mid-message, once it has filled the pipe."""
    child = _forked(stage)
    if child is None:
        return {}
    stage.settle(child)
    if not _is_running(child) or not _most_waiting(stage.caller):
        return {}
    os.kill(child, signal.SIGKILL)
    stage.await_end(child)
    return {"killed": True}


def of_end(stage: Stage) -> dict[str, Any]:
    """The child has closed everything, and takes a second to end: what does the parent do?"""
    if stage.await_word("leaving") is None:
        return {}
    return dict(stage.be_patient(stage.caller, PATIENCE))


def _forked(stage: Stage) -> int | None:
    """The first process that the solution forked; None when it returned without a fork."""
    word = stage.await_word("forked")
    if not word:
        return None
    number, _, how = word.partition(" ")
    stage.stopped = int(number) if how == "stopped" else None
    return int(number)


def _seen_writing(child: int) -> dict[str, Any]:
    """Does it wait in mid-message, and does it hold the other end as well?"""
    write_ends = _blocked_on(child, reading=False) or [
        end for end in _pipes(child, "write") if _waiting(child, end.number) >= _PAGE
    ]
    return {"looked": bool(write_ends), "opposite": _opposite(child, write_ends)}


def _stop_and_continue(stage: Stage, pid: int) -> None:
    if _is_running(pid):
        os.kill(pid, signal.SIGSTOP)
        stage.await_state(pid, "stopped")
        os.kill(pid, signal.SIGCONT)
        stage.settle(pid)


def _interrupt(stage: Stage, pid: int) -> None:
    """A signal that a handler of the caller's takes. Another program has no such handler."""
    process = observe_process(pid)
    if process and process.catches(signal.SIGUSR1):
        os.kill(pid, signal.SIGUSR1)
        stage.settle(pid)


def _is_running(pid: int) -> bool:
    process = observe_process(pid)
    return process is not None and process.state not in ("zombie", "ended")


def _blocked_on(pid: int, reading: bool) -> list[Descriptor]:
    """The descriptors from which a process waits to read, or into which it waits to write."""
    process = observe_process(pid)
    if process is None:
        return []
    waits = [thread.wait for thread in process.threads if thread.wait]
    numbers = {fd for wait in waits for fd in (wait.reads if reading else wait.writes)}
    found = [entry for entry in process.descriptors if entry.number in numbers]
    if not waits and not reading:  # a call that the table of calls does not know, as sendfile
        found = [entry for entry in _pipes(pid, "write") if _waiting(pid, entry.number)]
    return found


def _is_at_a_socket(pid: int) -> bool:
    """Does it hold a socket, and sleep in a call that is none of those on files?"""
    process = observe_process(pid)
    return (
        process is not None
        and not any(thread.wait for thread in process.threads)
        and any(entry.target.startswith("socket:") for entry in process.descriptors)
    )


def _grow(pid: int) -> None:
    """Twice as much room in each pipe that a process can write."""
    for entry in _pipes(pid, "write"):
        for fd in _reopen(pid, [entry], os.O_WRONLY):
            with contextlib.suppress(OSError):
                fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, 2 * fcntl.fcntl(fd, fcntl.F_GETPIPE_SZ))
            os.close(fd)


def _pipes(pid: int, access: str) -> list[Descriptor]:
    """The ends of pipes by which a process can read, or write."""
    process = observe_process(pid)
    held = process.descriptors if process else ()
    return [entry for entry in held if entry.is_pipe and access in entry.access]


def _holds_single_ends(pid: int) -> bool:
    """Can it read a pipe, and write none that it can read? Then its ends are right, wherever it waits."""
    readable = {entry.inode for entry in _pipes(pid, "read")}
    writable = {entry.inode for entry in _pipes(pid, "write")}
    return bool(readable) and not readable & writable


def _opposite(pid: int, ends: list[Descriptor]) -> list[int]:
    """The numbers by which the process holds the other end of one of these pipes as well."""
    process = observe_process(pid)
    pipes = {end.inode: end for end in ends if end.is_pipe}
    held = process.descriptors if process else ()
    return [
        entry.number
        for entry in held
        if entry.inode in pipes
        and entry.access != pipes[entry.inode].access
        and entry.access != "read and write"
    ]


def _most_waiting(pid: int) -> int:
    """The most bytes that wait in one of a process's pipes."""
    process = observe_process(pid)
    held = process.descriptors if process else ()
    return max((_waiting(pid, entry.number) for entry in held if entry.is_pipe), default=0)


def _waiting(pid: int, number: int) -> int:
    """Bytes in a pipe, seen through a descriptor of our own. man 2 ioctl_pipe, FIONREAD."""
    try:
        fd = os.open(f"/proc/{pid}/fd/{number}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return 0
    try:
        held: int = struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, bytes(4)))[0]
        return held
    except OSError:
        return 0
    finally:
        os.close(fd)


def _reopen(pid: int, ends: list[Descriptor], mode: int) -> list[int]:
    """Descriptors of our own for the same pipes."""
    found = []
    for end in ends:
        if end.is_pipe:
            try:
                found.append(os.open(f"/proc/{pid}/fd/{end.number}", mode | os.O_NONBLOCK))
            except OSError:
                continue
    return found
