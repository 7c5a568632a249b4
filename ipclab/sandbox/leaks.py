"""What did a run leave behind? Counted while its first process still stands, and after it has gone."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Mapping

from ipclab.ipc.names import prefix_of
from ipclab.ipc.stale_names import remove_if_stale

from .observe import Observed, command_of, numbers_in
from .results import Leak

_SEMAPHORE_PREFIX = "sem."


def descriptor_leaks(pid: int, before: Collection[int]) -> list[Leak]:
    """Descriptors of the first process that were not open when the function was called."""
    found = []
    for number in numbers_in(f"/proc/{pid}/fd"):
        if number not in before:
            try:
                target = os.readlink(f"/proc/{pid}/fd/{number}")
            except OSError:
                continue
            told = f"descriptor {number} is still open ({target})"
            found.append(Leak("descriptor", told, number))
    return found


def process_leaks(
    first: int, others: Mapping[int, Observed], names: Mapping[int, str]
) -> list[Leak]:
    """Children that nobody waited for, and processes that still run."""
    found = []
    own = command_of(os.getpid())  # of all that were forked, and have not called exec
    for pid, process in others.items():
        if process.state == "zombie" and process.parent == first:
            found.append(
                Leak("zombie", f"{names[pid]} has ended, and its parent never waited for it")
            )
        elif process.state not in ("zombie", "ended"):
            program = f" ({process.command[:60]})" if process.command != own else ""
            found.append(Leak("process", f"{names[pid]}{program} is still running"))
    return found


def thread_leaks(names: object) -> list[Leak]:
    """Threads that the function started and did not join, as the run's first process told."""
    known = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    return [Leak("thread", f"thread {name[:60]!r} is still running") for name in known]


def entries(folder: str) -> set[str]:
    """Everything below a folder, as paths; other file systems that are mounted there are left out."""
    found, device = set(), os.stat(folder).st_dev
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if _device(os.path.join(parent, name)) == device]
        found |= {os.path.join(parent, name) for name in [*folders, *files]}
    return found


def _device(path: str) -> int | None:
    try:
        return os.lstat(path).st_dev
    except OSError:
        return None


def name_leaks(folder: str, before: Collection[str]) -> Iterator[Leak]:
    """Files, FIFOs, shared memory and semaphores in `folder` that were not there before."""
    for path in sorted(entries(folder) - set(before)):
        if folder == "/dev/shm":
            if not os.path.islink(path):  # an owner's note goes with its object
                yield _object_leak(os.path.basename(path))
        else:
            kind = _kind_of_file(path)
            yield Leak(kind, f"{'FIFO' if kind == 'fifo' else 'file'} {path} still exists")


def _object_leak(file: str) -> Leak:
    if file.startswith(_SEMAPHORE_PREFIX):
        name = file.removeprefix(_SEMAPHORE_PREFIX)
        return Leak("semaphore", f"semaphore /{name} was never unlinked")
    return Leak("shared-memory", f"shared-memory object /{file} was never unlinked")


def remove_own_names(before: Collection[str]) -> Iterator[Leak]:
    """Names of the course in the machine's /dev/shm that processes of an ended run left, which then go.

    Others make and leave names there at the same time: the owner's note tells which are the run's.
    """
    prefixes = tuple(f"/dev/shm/{kind}{prefix_of(os.getuid())}" for kind in ("", _SEMAPHORE_PREFIX))
    for path in sorted(entries("/dev/shm") - set(before)):
        if path.startswith(prefixes) and remove_if_stale(path):
            yield _object_leak(os.path.basename(path))


def _kind_of_file(path: str) -> str:
    try:
        return "fifo" if stat.S_ISFIFO(os.lstat(path).st_mode) else "file"
    except OSError:
        return "file"
