"""`ipclab doctor`: what does this machine lack for the course, and what can be done about it?"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID = 0x00020000, 0x10000000, 0x20000000  # man 2 clone
SUPPORTED = ((3, 11), (3, 12), (3, 13))


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `status`: "ok", "note" (the course still works) or "lacks"."""

    status: str
    subject: str
    observed: str
    advice: str = ""

    def __str__(self) -> str:
        line = f"{self.status:5}  {self.subject}: {self.observed}"
        return f"{line}\n       {self.advice}" if self.advice else line


def python() -> Finding:
    suited = sys.version_info[:2] in SUPPORTED
    advice = "" if suited else "Install Python 3.11, 3.12 or 3.13 and repeat `make lab`."
    return Finding("ok" if suited else "lacks", "Python", platform.python_version(), advice)


def system() -> Finding:
    release = platform.release()
    if "microsoft" in release.lower() and "wsl2" not in release.lower():
        advice = "WSL 1 emulates the system calls of Linux. Use WSL 2, which has a Linux kernel."
        return Finding("lacks", "kernel", release, advice)
    container = any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv"))
    return Finding("ok", "kernel", release + (", in a container" if container else ""))


def shared_memory() -> Finding:
    """man 7 shm_overview: objects are files in /dev/shm."""
    try:
        room = os.statvfs("/dev/shm")
    except OSError as error:
        return Finding("lacks", "/dev/shm", str(error), "Mount it: mount -t tmpfs tmpfs /dev/shm")
    free = room.f_bavail * room.f_frsize // MIB
    if free < 64:
        advice = "Remove old objects there; in Docker: docker run --shm-size=256m"
        return Finding("note", "/dev/shm", f"{free} MiB free, 64 are wanted", advice)
    return Finding("ok", "/dev/shm", f"{free} MiB free")


def semaphores() -> Finding:
    """man 7 sem_overview."""
    import posix_ipc

    name = f"/ipclab-{os.getuid()}-{os.getpid()}-doctor"
    try:
        semaphore = posix_ipc.Semaphore(name, posix_ipc.O_CREX, mode=0o600)
    except (OSError, posix_ipc.Error) as error:
        return Finding("lacks", "named semaphores", str(error), "Is /dev/shm writable for you?")
    semaphore.unlink()
    semaphore.close()
    return Finding("ok", "named semaphores", "sem_open works")


def processes() -> Finding:
    try:
        subprocess.run([sys.executable, "-c", ""], check=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        advice = "A limit on processes is reached or set too low: see `ulimit -u`."
        return Finding("lacks", "new processes", str(error), advice)
    return Finding("ok", "new processes", "fork and exec work")


def namespaces() -> Finding:
    """man 7 namespaces. Tried with the flags that contain a checked solution."""
    flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS
    code = f"import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare({flags}) != 0)"
    done = subprocess.run([sys.executable, "-c", code], timeout=30, check=False)
    if done.returncode == 0:
        return Finding("ok", "namespaces", "user, PID and mount namespaces can be made")
    advice = "Checks run with a weaker containment. See `sysctl user.max_user_namespaces`."
    return Finding("note", "namespaces", "not allowed for this user", advice)


def pipes() -> Finding:
    """man 7 pipe, /proc files."""
    limits = Path("/proc/sys/fs")
    largest = int((limits / "pipe-max-size").read_text())
    pages = int((limits / "pipe-user-pages-soft").read_text())
    observed = f"pipe-max-size {largest} bytes, pipe-user-pages-soft {pages}"
    if largest < MIB:
        advice = "Exercise 9 shows pipes up to 1 MiB; larger ones than the limit are left out."
        return Finding("note", "pipes", observed, advice)
    return Finding("ok", "pipes", observed)


def programs() -> Iterator[Finding]:
    """What some tests use; the course itself needs none of it."""
    for subject, names, purpose in (
        ("strace", ("strace",), "some notebooks suggest it for a closer look"),
        ("Chromium", ("chromium", "chromium-browser", "google-chrome"), "only `make test` uses it"),
    ):
        found = next(filter(None, map(shutil.which, names)), None)
        if found:
            yield Finding("ok", subject, found)
        else:
            advice = f"{purpose[0].upper()}{purpose[1:]}: sudo apt-get install {names[0]}"
            yield Finding("note", subject, "not installed", advice)


CHECKS: tuple[Callable[[], Finding], ...] = (
    python,
    system,
    shared_memory,
    semaphores,
    processes,
    namespaces,
    pipes,
)


def doctor(options: Namespace) -> int:
    """Print all findings; exit status 1 if the course cannot work here."""
    findings = [*(check() for check in CHECKS), *programs()]
    print(*findings, sep="\n", end="\n\n")
    lacking = sum(finding.status == "lacks" for finding in findings)
    print(f"Missing: {lacking}." if lacking else "The course works on this machine.")
    return 1 if lacking else 0
