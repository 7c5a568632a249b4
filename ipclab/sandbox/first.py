"""The first process of a run: it calls the function and tells what came of it."""

from __future__ import annotations

import faulthandler
import fcntl
import functools
import gc
import json
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any

from . import containment, frames, plain, transport
from .containment import Containment
from .events import CALL_BEGINS, CALL_ENDS, ESCAPED, Reporter
from .observe import OWN_DESCRIPTORS, numbers_in
from .rehearsal import rehearse_call

_MOST_PROCESSES = containment.POPULATION_LIMIT + 8  # so that the supervisor sees that it is passed
_TEXT_LIMIT = 20_000  # characters of an exception's message, and of a traceback
CONTROL_LOST = 97  # exit status: the function closed descriptors that were not its own
_HIDDEN_FRAMES = (
    os.path.dirname(__file__),
    os.path.join(os.path.dirname(os.path.dirname(__file__)), "exercises"),
)

# Kept from before any learner's code is loaded: a solution may replace what the modules hold.
_exit, _getpid = os._exit, os.getpid
_reporter: Reporter | None = None
_first_pid = 0


def fork(control: socket.socket, write_fds: dict[str, int], mode: Containment) -> int:
    """Fork the first process of a run; returns its process id to the supervisor.

    `write_fds`: where its stdout, stderr, events and stacks go. The sandbox's own descriptors move
    up, so that the numbers that a learner sees begin at 3 as in a program of their own.
    """
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        os.dup2(write_fds["stdout"], 1)
        os.dup2(write_fds["stderr"], 2)
        lines = (control.detach(), write_fds["events"], write_fds["stacks"])
        control_fd, events_fd, stacks_fd = (
            fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, OWN_DESCRIPTORS) for fd in lines
        )
        os.closerange(3, OWN_DESCRIPTORS)
        containment.limit_resources()
        containment.allow_tracing(os.getppid())
        if not mode.has_namespaces:
            containment.prctl(containment.PR_SET_PDEATHSIG, signal.SIGKILL)
            containment.restrict_signals()
        reporter = Reporter(events_fd, _MOST_PROCESSES if mode.has_namespaces else None)
        _live(socket.socket(fileno=control_fd), reporter, stacks_fd)
    finally:
        _exit(CONTROL_LOST)


def _live(control: socket.socket, reporter: Reporter, stacks_fd: int) -> None:
    """Take one call from `control`, perform it, answer, wait to be let go. Never returns."""
    global _reporter, _first_pid
    _first_pid = _getpid()
    faulthandler.register(signal.SIGUSR2, file=stacks_fd, all_threads=True, chain=False)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _reporter = reporter
    _reporter.install()
    rehearse_call()
    gc.enable()
    _send(control, {"ready": _open_descriptors()})
    request = json.loads(frames.receive(control))
    payload = frames.receive(control)
    sys.path[:] = request["path"]
    os.chdir(request["directory"])
    os.umask(request["umask"])
    if request["sealed"]:
        containment.drop_capabilities()
    answer = _perform(payload, _marked if request["strace"] else guard)
    leave_if_escaped()
    _flush()
    _send(control, answer)
    control.recv(1)
    _exit(answer.get("status", 0))


def leave_if_escaped(caller: int | None = None) -> None:
    """Called where only one process should ever come, the run's first unless told: end any other here."""
    if _reporter is not None and _getpid() != (caller or _first_pid):
        _reporter.tell(ESCAPED)
        _exit(0)


def guard(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, so that a child that it forked and let return or raise ends at this point.

    The function itself is `__wrapped__`, as functools.wraps leaves it.
    """

    @functools.wraps(function, updated=())
    def guarded(*arguments: Any, **keywords: Any) -> Any:
        caller = _getpid()
        try:
            return function(*arguments, **keywords)
        finally:
            leave_if_escaped(caller)

    return guarded


def _marked(function: Callable[..., Any]) -> Callable[..., Any]:
    """`guard(function)`, between two marks in the trace."""

    def marked(*arguments: Any) -> Any:
        assert _reporter is not None
        _reporter.mark(CALL_BEGINS)
        try:
            return guard(function)(*arguments)
        finally:
            _reporter.mark(CALL_ENDS)

    return marked


def _perform(payload: bytes, prepare: Callable[..., Callable[..., Any]]) -> dict[str, Any]:
    try:
        function, arguments = transport.loads(payload)
        value = prepare(function)(*arguments)
        return {"value": plain.dumps(value).decode(), "threads": _other_threads()}
    except (
        BaseException
    ) as error:  # also SystemExit and KeyboardInterrupt: the learner's code raised it
        leave_if_escaped()
        return {
            "exception": _describe(error),
            "status": _status(error),
            "threads": _other_threads(),
        }


def _open_descriptors() -> list[int]:
    return [
        number
        for number in numbers_in("/proc/self/fd")
        if os.path.exists(f"/proc/self/fd/{number}")
    ]


def _status(error: BaseException) -> int:
    """The exit status with which Python would end after this exception."""
    code = error.code if isinstance(error, SystemExit) else 1
    return code & 0xFF if type(code) is int else int(code is not None)


def _other_threads() -> list[str]:
    return [
        thread.name for thread in threading.enumerate() if thread is not threading.main_thread()
    ]


def _describe(error: BaseException) -> dict[str, Any]:
    number = getattr(error, "errno", None)
    return {
        "type": type(error).__qualname__,
        "message": plain.safe_text(str, error)[:_TEXT_LIMIT],
        "errno": number if type(number) is int else None,
        "traceback": _learners_traceback(error),
    }


def _learners_traceback(error: BaseException) -> str:
    """The traceback without the frames of this package."""
    try:
        report = traceback.TracebackException.from_exception(error, limit=-30)
    except Exception:  # a learner's exception may have broken attributes
        return ""
    report.stack[:] = [
        frame for frame in report.stack if not frame.filename.startswith(_HIDDEN_FRAMES)
    ]
    return "".join(report.format(chain=False))[-_TEXT_LIMIT:]


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # a learner may have put anything there
            continue


def _send(control: socket.socket, message: dict[str, Any]) -> None:
    try:
        frames.send(control, json.dumps(message).encode())
    except OSError:
        _exit(CONTROL_LOST)
