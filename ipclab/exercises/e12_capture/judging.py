"""What is wrong with a run, or with what a solution returned? The same reading for every program."""

from __future__ import annotations

from typing import Any

from ipclab.exercises.checking import Exam, Finding, failed
from ipclab.sandbox import Run

from .scenarios import Expected

DEADLINE = 6.0  # seconds for one scenario; a provable deadlock is found long before
_SIGNALS = 65  # signal numbers are below
_FORBIDDEN = {
    "subprocess.Popen": "subprocess",
    "os.posix_spawn": "os.posix_spawn",
    "os.system": "os.system",
    "os.forkpty": "a pseudo-terminal",
    "pty.spawn": "pty",
}
_FORKING_MODULES = {"os": "os.spawn*", "multiprocessing": "multiprocessing", "pty": "pty"}


def trouble(exam: Exam, run: Run) -> Finding | None:
    """A forbidden shortcut, or whatever else kept a run from bringing an answer."""
    if shortcut := _shortcut(run):
        return failed(
            "forbidden-shortcut",
            f"It used {shortcut}. The exercise is to do it with fork and exec.",
        )
    if run.stuck and run.stuck.diagnosis == "hang" and run.stuck.spinning:
        return failed("busy-wait", str(run.stuck))
    return exam.trouble(run)


def _shortcut(run: Run) -> str | None:
    for event in run.events:
        module = event.caller.partition(".")[0]
        if module == "ipclab":
            continue
        if event.name in _FORBIDDEN:
            return _FORBIDDEN[event.name]
        if event.name == "os.fork" and module in _FORKING_MODULES:
            return _FORKING_MODULES[module]
    return None


def mismatch(what: str, wanted: Expected, got: Any, run: Run) -> Finding | None:
    """How a result differs from what it should be, if it does."""
    if not isinstance(got, tuple):
        return failed(
            "wrong-result", f"{what}: it returned {got} instead of (stdout, stderr, exit status)."
        )
    stdout, stderr, status = got
    if -_SIGNALS < status < 0 <= wanted.status:
        return failed(
            "wrong-result",
            f"{what}: signal {-status} killed the program, and nobody but the solution could send one.",
        )
    if wanted.stderr and not stderr and (stdout or not wanted.stdout):
        where = "nowhere"
        if wanted.stderr in stdout:
            where = "into stdout"
        elif wanted.stderr[:1000] in run.stderr:
            where = "to the caller's own stderr"
        return failed(
            "stderr-lost", f"{what}: {len(wanted.stderr):,} bytes of stderr went {where}."
        )
    for name, right, seen in (("stdout", wanted.stdout, stdout), ("stderr", wanted.stderr, stderr)):
        if seen != right:
            # Blanks and NUL bytes at the end were read, and thrown away.
            cut = right.startswith(seen) and seen and right[len(seen) :].strip(b" \t\r\n\0")
            return failed(
                "partial-read" if cut else "wrong-result",
                f"{what}: {_difference(name, right, seen)}",
            )
    if status != wanted.status:
        return _wrong_status(what, wanted.status, status)
    return None


def _difference(name: str, right: bytes, seen: bytes) -> str:
    if right.startswith(seen):
        return f"{name} should have {len(right):,} bytes; only the first {len(seen):,} came back."
    if len(right) < 60:
        return f"{name} should be {right!r}, and is {seen[:60]!r}."
    same = next(
        (at for at, (a, b) in enumerate(zip(right, seen, strict=False)) if a != b), len(right)
    )
    return f"{name} should have {len(right):,} bytes and has {len(seen):,}; they differ from byte {same:,} on."


def _wrong_status(what: str, right: int, seen: int) -> Finding:
    if right < 0:
        return failed(
            "signal-death-hidden",
            f"{what}: killed by signal {-right}, the status should be {right}, and is {seen}.",
        )
    raw = " (that is the raw status: see os.waitstatus_to_exitcode)" if seen == right << 8 else ""
    return failed(
        "exit-status-lost", f"{what}: the exit status should be {right}, and is {seen}{raw}."
    )
