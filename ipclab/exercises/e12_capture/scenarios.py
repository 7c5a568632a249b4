"""What happens in the sandbox when exercise 12 is checked: programs to run, callers to run them in.

Each scenario calls the solution in surroundings of its own and returns what came back, as plain data.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

from . import actor as actor_program

FLAGS = "the flags of stdin, stdout or stderr"
_RESULT_LIMIT = 16 << 20  # bytes of one stream; no program here writes so much

ECHO_ARGUMENTS = "import os, sys; os.write(1, repr(sys.argv[1:]).encode()); os._exit(0)"


class Expected(NamedTuple):
    """What `capture` must return."""

    stdout: bytes
    stderr: bytes
    status: int


def actor(*steps: str) -> list[str]:
    """The argument list that makes a program do these steps."""
    return [sys.executable, "-I", "-S", actor_program.__file__, *steps]


def expected(steps: Sequence[str]) -> Expected:
    """What a program that does these steps writes, and how it ends."""
    written = {"o": b"", "e": b""}
    status = 0
    for step in steps:
        number = int(step[1:] or 0)
        if step[0] in written:
            written[step[0]] += actor_program.text(step[0], number)
        elif step[0] == "b":
            written = {stream: before + actor_program.BLANKS for stream, before in written.items()}
        elif step[0] in "kx":
            status = number if step[0] == "x" else -number
    return Expected(written["o"], written["e"], status)


def call(functions: SimpleNamespace, programs: list[list[str]]) -> list[Any]:
    """Capture one program after the other."""
    return [_shape(functions.capture(list(argv))) for argv in programs]


def call_what_fails(functions: SimpleNamespace, names: list[str]) -> list[Any]:
    """Try to capture what can't be executed: for each, the type and errno raised, or what came back."""
    os.mkdir("/tmp/programs")
    _write("/tmp/programs/not-executable", b"#!/bin/sh\nexit 0\n", 0o644)
    _write("/tmp/programs/no-format", b"\0\1\2 this is no program\n", 0o755)
    os.mkdir("/tmp/programs/folder")
    outcomes: list[Any] = []
    for name in names:
        try:
            outcomes.append(("returned", _shape(functions.capture([f"/tmp/programs/{name}"]))))
        except OSError as error:
            outcomes.append(("raised", _os_error_class(error), error.errno))
        except Exception as error:
            outcomes.append(("raised", type(error).__name__, None))
    _remove_programs()
    return outcomes


def call_with_closed(
    functions: SimpleNamespace, argv: list[str], subsets: list[list[int]]
) -> list[Any]:
    """Capture while some of the caller's own descriptors 0, 1 and 2 are closed: a program that runs, and
    one that does not exist. For each subset: its numbers, both outcomes, those that are open afterwards.
    """
    return [(subset, *_call_without(functions, argv, subset)) for subset in subsets]


def _call_without(
    functions: SimpleNamespace, argv: list[str], subset: list[int]
) -> tuple[Any, ...]:
    saved = {number: os.dup(number) for number in range(3)}
    for number in subset:
        os.close(number)
    try:
        outcomes = [_attempt(functions, program) for program in (argv, ["/nowhere/at/all"])]
        return (*outcomes, [number for number in range(3) if _is_open(number)])
    finally:
        for number, copy in saved.items():
            os.dup2(copy, number)
            os.close(copy)


def _attempt(functions: SimpleNamespace, argv: list[str]) -> Any:
    try:
        return _shape(functions.capture(list(argv)))
    except Exception as error:
        return f"{type(error).__name__} ({error})"


def call_among_others(functions: SimpleNamespace, argv: list[str], token: str) -> dict[str, Any]:
    """Capture in a caller that has children of its own, unflushed output, handlers, a directory."""
    read_fd, write_fd = os.pipe()
    ended, running = _fork(lambda: None), _fork(lambda: os.read(read_fd, 1))
    os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT)
    sys.stdout.write(token)
    before = _surroundings()
    result = _shape(functions.capture(list(argv)))
    _attempt(functions, ["/nowhere/at/all"])
    after = _surroundings()
    sys.stdout.flush()
    os.write(write_fd, b"x")
    children = [_status_of(ended), _status_of(running)]
    os.close(read_fd)
    os.close(write_fd)
    changed = [name for name in before if before[name] != after[name]]
    return {"result": result, "children": children, "changed": changed}


def call_while_it_sleeps(functions: SimpleNamespace, argv: list[str]) -> dict[str, Any]:
    """Capture a program that takes its time; how long did it want a processor meanwhile?"""
    started, used, wanted = time.monotonic(), _cpu_seconds(), _runnable_seconds()
    result = _shape(functions.capture(list(argv)))
    elapsed = time.monotonic() - started
    # On a busy machine a loop gets little of a processor, but it is ready to run all the time.
    busy = max(_cpu_seconds() - used, _runnable_seconds() - wanted)
    return {"result": result, "elapsed": elapsed, "cpu": busy}


def call_in_surroundings(functions: SimpleNamespace, argv: list[str], token: str) -> Any:
    """Capture a program that tells what it inherited; stdin is a pipe that holds the token."""
    read_fd, write_fd = os.pipe()
    os.write(write_fd, token.encode())
    saved = os.dup(0)
    os.dup2(read_fd, 0)
    for descriptor in (read_fd, write_fd):
        os.close(descriptor)
    os.environ["IPCLAB_TOKEN"] = token
    os.chdir("/tmp")
    os.umask(0o027)
    try:
        return _shape(functions.capture(list(argv)))
    finally:
        os.dup2(saved, 0)
        os.close(saved)


def _shape(value: Any) -> Any:
    """A result as plain data if it has the contract's types, else a description of it."""
    if isinstance(value, tuple) and [type(part) for part in value] == [bytes, bytes, int]:
        stdout, stderr, status = value
        if max(len(stdout), len(stderr)) > _RESULT_LIMIT:
            return f"{len(stdout):,} bytes of stdout and {len(stderr):,} bytes of stderr"
        return stdout, stderr, status
    if isinstance(value, tuple):
        return f"a tuple of {', '.join(type(part).__name__ for part in value)}: {value!r:.100}"
    return f"{value!r:.100}"


def _os_error_class(error: OSError) -> str:
    """The most specific class of Python's own, also for a subclass of the learner's."""
    return next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")


def _write(path: str, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, mode)
    os.write(descriptor, content)
    os.close(descriptor)


def _remove_programs() -> None:
    os.unlink("/tmp/programs/not-executable")
    os.unlink("/tmp/programs/no-format")
    os.rmdir("/tmp/programs/folder")
    os.rmdir("/tmp/programs")


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _fork(function: Callable[[], object]) -> int:
    """A child of the caller's own; it ends with status 7."""
    pid = os.fork()
    if pid == 0:
        try:
            function()
        finally:
            os._exit(7)
    return pid


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
        "stdin, stdout or stderr": [
            _is_open(number) and os.readlink(f"/proc/self/fd/{number}") for number in range(3)
        ],
        FLAGS: [_is_open(number) and os.get_blocking(number) for number in range(3)],
    }


def _runnable_seconds() -> float:
    """How long this process's threads ran, or were ready to run (man 5 proc_pid_schedstat)."""
    total = 0
    for thread in os.listdir("/proc/self/task"):
        try:
            with open(f"/proc/self/task/{thread}/schedstat") as file:
                running, waiting, _ = map(int, file.read().split())
        except FileNotFoundError:  # the thread has ended, or this kernel does not count
            continue
        total += running + waiting
    return total / 1e9


def _cpu_seconds() -> float:
    """Of this process and of the children that it has waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
