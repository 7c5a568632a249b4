"""`ipclab clean`: which shared-memory objects and semaphores of the course were left, and may go?

The course names every such object `/ipclab-<uid>-…`. It is a file in /dev/shm (man 7 shm_overview), a
semaphore one with "sem." before its name (man 7 sem_overview), with a note beside it that tells which process
created it. Nothing else is ever touched, and nothing goes that a process may still use.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ipclab.ipc import owners
from ipclab.ipc.names import FOLDER, SEMAPHORE_PREFIX, prefix_of
from ipclab.ipc.stale_names import remove_if_stale

SHARED_MEMORY = Path(FOLDER)
File = tuple[int, int]  # device and inode: which file it is, whatever it is called


@dataclass(frozen=True)
class Leftover:
    """One object that exists, or a note whose object has gone."""

    path: Path
    size: int  # bytes
    owner: owners.Owner | None  # None: nobody noted who created it
    used_by: int | None = None  # a process that has it open or mapped

    def __str__(self) -> str:
        creator = f", created by {self.owner}, which {self.owner.state}" if self.owner else ""
        name = self.path.name.removeprefix(SEMAPHORE_PREFIX)
        if self.is_note:
            return f"note about /{name.removesuffix(owners.NOTE)}, which is gone{creator}"
        if self.path.name.startswith(SEMAPHORE_PREFIX):
            return f"semaphore /{name}{creator}"
        return f"shared memory /{name} ({self.size:,} bytes){creator}"

    @property
    def is_note(self) -> bool:
        return self.path.name.endswith(owners.NOTE)

    @property
    def why_kept(self) -> str | None:
        """Why it must stay; None when nobody can use it any more."""
        if self.used_by:
            return f"process {self.used_by} uses it"
        if self.owner and self.owner.state == owners.RUNS:
            return f"{self.owner} may use it"
        if self.owner and self.owner.state == owners.UNKNOWN:
            return f"its creator may run in another container; if not: rm {self.path}*"
        return None


def leftovers(folder: Path, uid: int) -> Iterator[Leftover]:
    """The user's objects of the course, in the order of their names. Raises OSError."""
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    names = {entry.name for entry in found}
    used = files_in_use()  # after the look into the folder: what was there already is seen in use
    for entry in found:
        if not entry.name.removeprefix(SEMAPHORE_PREFIX).startswith(prefix_of(uid)):
            continue
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:  # it has gone meanwhile
            continue
        owner = owners.owner_of(entry.path.removesuffix(owners.NOTE))
        if status.st_uid != uid:
            continue
        if stat.S_ISREG(status.st_mode):
            user = used.get((status.st_dev, status.st_ino))
            yield Leftover(Path(entry.path), status.st_size, owner, user)
        elif owner and entry.name.removesuffix(owners.NOTE) not in names:
            yield Leftover(Path(entry.path), 0, owner)


def files_in_use() -> dict[File, int]:
    """Which files do the processes that we may look at have open or mapped, and one that has each."""
    found: dict[File, int] = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        # Descriptors first: who opens, maps and closes is seen in one place or the other.
        for file in (*_open_files(pid), *_mapped_files(pid)):
            found[file] = int(pid)
    return found


def _open_files(pid: str) -> Iterator[File]:
    try:
        numbers = os.listdir(f"/proc/{pid}/fd")
    except OSError:  # another user's process, or one that has ended
        return
    for number in numbers:
        with contextlib.suppress(OSError):  # closed meanwhile
            status = os.stat(f"/proc/{pid}/fd/{number}")
            yield status.st_dev, status.st_ino


def _mapped_files(pid: str) -> Iterator[File]:
    """man 5 proc_pid_maps: the fourth and fifth words of a line."""
    try:
        with open(f"/proc/{pid}/maps", errors="replace") as maps:
            for line in maps:
                _, _, _, device, inode = line.split(maxsplit=5)[:5]
                major, minor = (int(part, 16) for part in device.split(":"))
                yield os.makedev(major, minor), int(inode)
    except OSError:
        return


def clean(options: Namespace) -> int:
    """List what is there, then remove what nobody uses, unless `--dry-run`.

    Exit status 0, 1 if some could not be removed, 2 if nothing could be looked at.
    """
    try:
        found = list(leftovers(SHARED_MEMORY, os.getuid()))
    except OSError as error:
        print(f"ipclab clean: cannot look into {SHARED_MEMORY}: {error}", file=sys.stderr)
        print("  `ipclab doctor` says what is wrong there.", file=sys.stderr)
        return 2
    if not found:
        print("Nothing of the course is left in shared memory.")
        return 0
    for leftover in found:
        print(leftover if not leftover.why_kept else f"{leftover}: kept, {leftover.why_kept}")
    unused = [leftover for leftover in found if not leftover.why_kept]
    if options.dry_run:
        print(f"{len(unused)} would be removed.")
        return 0
    failures = list(filter(None, map(_remove, unused)))
    for failure in failures:
        print(f"ipclab clean: {failure}", file=sys.stderr)
    print(f"{len(unused) - len(failures)} removed.")
    return 1 if failures else 0


def _remove(leftover: Leftover) -> OSError | None:
    try:
        if leftover.owner and not leftover.is_note:
            remove_if_stale(str(leftover.path))
        else:
            leftover.path.unlink(missing_ok=True)
    except OSError as error:
        return error
    return None
