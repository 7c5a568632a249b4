"""`ipclab clean`: which shared-memory objects and semaphores of the course were left, and may go?

The course names every such object `/ipclab-<uid>-…`. It is a file in /dev/shm (man 7 shm_overview), a
semaphore one with "sem." before its name (man 7 sem_overview). Nothing else is ever touched.
"""

from __future__ import annotations

import os
import stat
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")
SEMAPHORE_PREFIX = "sem."


@dataclass(frozen=True)
class Leftover:
    """One object that exists."""

    path: Path
    size: int  # bytes

    def __str__(self) -> str:
        if self.path.name.startswith(SEMAPHORE_PREFIX):
            return f"semaphore /{self.path.name.removeprefix(SEMAPHORE_PREFIX)}"
        return f"shared memory /{self.path.name} ({self.size:,} bytes)"


def leftovers(folder: Path, uid: int) -> Iterator[Leftover]:
    """The user's objects of the course, in the order of their names. Raises OSError."""
    prefix = f"ipclab-{uid}-"
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if not entry.name.removeprefix(SEMAPHORE_PREFIX).startswith(prefix):
            continue
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:  # it has gone meanwhile
            continue
        if stat.S_ISREG(status.st_mode) and status.st_uid == uid:
            yield Leftover(Path(entry.path), status.st_size)


def clean(options: Namespace) -> int:
    """List what is there, then remove it, unless `--dry-run`.

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
    print(*found, sep="\n")
    if options.dry_run:
        print(f"{len(found)} would be removed.")
        return 0
    failures = list(filter(None, map(_remove, found)))
    for failure in failures:
        print(f"ipclab clean: {failure}", file=sys.stderr)
    print(f"{len(found) - len(failures)} removed.")
    return 1 if failures else 0


def _remove(leftover: Leftover) -> OSError | None:
    try:
        leftover.path.unlink(missing_ok=True)
    except OSError as error:
        return error
    return None
