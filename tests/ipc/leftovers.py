"""What does this process hold? Imported by tests and by the scripts that they run."""

from __future__ import annotations

import os
from pathlib import Path


def descriptors() -> dict[str, str]:
    """Each open descriptor and what it refers to; without the one that reads the directory."""
    found = {}
    for fd in os.listdir("/proc/self/fd"):
        try:
            found[fd] = os.readlink(f"/proc/self/fd/{fd}")
        except FileNotFoundError:
            continue
    return found


def children() -> list[str]:
    """The pids of the children of this process, zombies included."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        try:
            found += (task / "children").read_text().split()
        except (FileNotFoundError, ProcessLookupError):  # a thread that has just ended
            continue
    return found
