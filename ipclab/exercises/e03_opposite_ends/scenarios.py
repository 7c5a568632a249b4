"""What happens in the sandbox when exercise 3 is checked: messages to send, callers to send them for.

Each scenario calls the solution in surroundings of its own and returns what came of it, as plain data.
It judges nothing.
"""

from __future__ import annotations

import contextlib
import os
import random
import resource
import select
import signal
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from ipclab.sandbox.observe import OWN_DESCRIPTORS, children_of, descriptors_of

from . import views
from .observer import Watch

_MOMENT = 0.5  # seconds within which a child that has nothing more to do has ended
STATUS = 7  # with which the caller's other children end

VIEWS = {
    "reader": (views.of_reader, "child"),
    "writer": (views.of_writer, "parent"),
    "death": (views.of_death, "parent"),
    "end": (views.of_end, "end"),
    "ends": (views.of_ends, "parent"),
}


def message(size: int, seed: int) -> bytes:
    """Bytes of every value, if there is room, some that nobody can guess, blanks at both ends."""
    head, tail = b"\n " + bytes(range(256)), b" \t\0\r\n"
    middle = random.Random(seed).randbytes(max(size - len(head) - len(tail), 0))
    return (head + middle + tail)[:size]


def call_each(functions: SimpleNamespace, sizes: list[int], seed: int) -> list[dict[str, Any]]:
    """Send messages of these sizes, one after the other, and look at what each call leaves.

    A child that is left running ends it: others would cost as much time, and tell nothing new.
    """
    outcomes: list[dict[str, Any]] = []
    for size in sizes:
        if not outcomes or "running" not in outcomes[-1]["children"]:
            outcomes.append(_call(functions, message(size, seed + size)))
    return outcomes


def call_watched(
    functions: SimpleNamespace, size: int, seed: int, view: str, closed: list[int]
) -> dict[str, Any]:
    """Send one message while an observer looks at both sides; it holds one of them back."""
    observe, hold = VIEWS[view]
    signal.signal(signal.SIGUSR1, lambda *_: None)
    watch = Watch(observe, hold)
    if closed:
        return _call_without(functions, closed, message(size, seed), watch)
    try:
        outcome = _call(functions, message(size, seed), watch)
    except Exception as error:
        if view != "death":  # there, to complain of a child that was killed is right
            raise
        outcome = {"raised": type(error).__name__, "seen": watch.finish()}
    return outcome


def call_among_others(functions: SimpleNamespace, seed: int, token: str) -> dict[str, Any]:
    """Send two messages for a caller with children, handlers, unflushed output, a pipe of its own."""
    read_fd, write_fd = os.pipe()
    os.write(write_fd, b"the caller's own")
    gate_fd, release_fd = os.pipe()
    ended, running = _fork(lambda: None), _fork(lambda: _wait_at(gate_fd, release_fd))
    os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    sys.stdout.write(token)
    before = _surroundings()
    calls = [_call(functions, message(size, seed)) for size in (300, 70_000)]
    changed = [name for name, value in _surroundings().items() if before[name] != value]
    sys.stdout.flush()
    with contextlib.suppress(OSError):  # a solution may have closed what is not its own
        if os.read(read_fd, 100) != b"the caller's own":
            changed.append("what waited in a pipe")
        os.write(release_fd, b"x")
        for fd in (read_fd, write_fd, gate_fd, release_fd):
            os.close(fd)
    statuses = [_status_of(ended), _status_of(running)]
    return {"calls": calls, "changed": changed, "statuses": statuses}


def call_with_closed(
    functions: SimpleNamespace, subsets: list[list[int]], seed: int
) -> list[dict[str, Any]]:
    """Send a message while some of the caller's own descriptors 0, 1 and 2 are closed."""
    outcomes: list[dict[str, Any]] = []
    for subset in subsets:
        if not outcomes or "running" not in outcomes[-1].get("children", ()):
            outcomes.append(_call_without(functions, subset, message(300, seed)))
    return outcomes


def _call_without(
    functions: SimpleNamespace, subset: list[int], text: bytes, watch: Watch | None = None
) -> dict[str, Any]:
    saved = {number: os.dup(number) for number in range(3)}
    for number in subset:
        os.close(number)
    try:
        return _call(functions, text, watch)
    except Exception as error:
        return {"raised": f"{type(error).__name__}: {error}"[:200]}
    finally:
        for number, copy in saved.items():
            os.dup2(copy, number)
            os.close(copy)


def _call(
    functions: SimpleNamespace,
    text: bytes,
    watch: Watch | None = None,
) -> dict[str, Any]:
    """Call the solution once: what came back, and what does this process hold then?"""
    table, children, known = _table(), _children_seen(), _own_children()
    _, before = _bytes_read()
    value = functions.opposite_ends(text)
    outcome = {**_shape(value, text), "read": _bytes_read()[0] - before}
    if watch:
        outcome["seen"] = watch.finish()
    after = _table()
    outcome["opened"] = sorted(name for number, name in after.items() if number not in table)
    outcome["closed"] = sorted(name for number, name in table.items() if after.get(number) != name)
    outcome["children"] = [_state_of(pid) for pid in _own_children() - known]
    outcome["had_child"] = bool(outcome["children"]) or _children_seen() != children
    return outcome


def _shape(value: Any, text: bytes) -> dict[str, Any]:
    """What is to be known of a result; the result itself may be a mebibyte."""
    is_bytes, shown = type(value) is bytes, f"{value!r:.60}"
    return {
        "size": len(text),
        "right": is_bytes and value == text,
        "length": len(value) if is_bytes else None,
        "extra": f"{value.replace(text, b'', 1)!r:.60}" if is_bytes and text in value else "",
        "is_part": is_bytes and text.startswith(value),
        "kind": type(value).__name__,
        "shown": shown if len(shown) < 60 else f"{shown} …",
    }


def _bytes_read() -> tuple[int, int]:
    """Bytes that this process, and children that it waited for, have read: before and after asking."""
    try:
        with open("/proc/self/io", "rb", buffering=0) as file:
            text = file.read(1000)
    except OSError:
        return 0, 0
    count = int(text.split()[1])
    return count, count + len(text)


def _table() -> dict[int, str]:
    """The descriptor table: what each number refers to, in words that name the number."""
    entries = descriptors_of(os.getpid())
    found = {entry.number: f"descriptor {entry.number} ({entry.target})" for entry in entries}
    return {
        number: name
        for number, name in found.items()
        if number < OWN_DESCRIPTORS and "/proc/" not in name
    }


def _own_children() -> set[int]:
    return set(children_of(os.getpid()))


def _children_seen() -> tuple[float, ...]:
    """It changes when a child is reaped, however that child was made."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_minflt, used.ru_utime, used.ru_stime, used.ru_nvcsw


def _state_of(pid: int) -> str:
    """What has become of a child that nobody waited for: a zombie, or still running."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return "zombie"
    poller = select.poll()
    poller.register(pidfd, select.POLLIN)
    has_ended = bool(poller.poll(_MOMENT * 1000))
    os.close(pidfd)
    return "zombie" if has_ended else "running"


def _fork(function: Callable[[], object]) -> int:
    """A child of the caller's own."""
    pid = os.fork()
    if pid == 0:
        try:
            function()
        finally:
            os._exit(STATUS)
    return pid


def _wait_at(gate_fd: int, release_fd: int) -> None:
    """Until the caller opens the gate, or has ended."""
    os.close(release_fd)
    os.read(gate_fd, 1)


def _status_of(pid: int) -> int | None:
    """The exit status of a child; None when somebody else has taken it."""
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return None


def _surroundings() -> dict[str, Any]:
    """What of the caller a function must leave alone."""
    return {
        "the current directory": os.getcwd(),
        "the environment": dict(os.environ),
        "the signal handlers": {number: str(signal.getsignal(number)) for number in range(1, 32)},
        "the signal mask": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "the umask": _umask(),
        "a timer": signal.getitimer(signal.ITIMER_REAL),
        "the flags of stdin, stdout or stderr": [os.get_blocking(number) for number in range(3)],
    }


def _umask() -> str:
    """Read without setting it. man 5 proc_pid_status."""
    with open("/proc/self/status") as file:
        return next(line for line in file if line.startswith("Umask:"))
