"""What a server has in /dev/shm, and waiting for what it is about to do. Imported by tests."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from ipclab.database.shared_cache import run_of

DEADLINE = 60.0  # seconds


def wait_until(true: Callable[[], object]) -> None:
    """For what another process is about to do, and nobody tells us."""
    deadline = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def names_of(path: Path) -> list[str]:
    """The shared memory and semaphores of the server for this database."""
    return sorted(name for name in os.listdir("/dev/shm") if f"-{run_of(str(path))}-" in name)
