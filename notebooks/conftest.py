"""Starts every kernel of an nbval run as a learner's starts, with no progress yet."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import nbval.kernel

start_marked_kernel = nbval.kernel.start_new_kernel
homes: list[tempfile.TemporaryDirectory[str]] = []


def start_clean_kernel(*args: Any, **kwargs: Any) -> Any:
    """Start a kernel without pytest's marks on it.

    With PYTEST_CURRENT_TEST in its environment ipykernel does not capture descriptors 1 and 2:
    what os.write(1, ...) and children print would be missing from the cell's output.
    """
    home = tempfile.TemporaryDirectory(prefix="ipclab-nbval-")
    homes.append(home)
    environment = {**os.environ, "IPCLAB_HOME": home.name}
    environment.pop("PYTEST_CURRENT_TEST", None)
    return start_marked_kernel(*args, env=environment, **kwargs)


# nbval 0.11 has no public way to the kernel's environment; the lock files pin it.
nbval.kernel.start_new_kernel = start_clean_kernel


def pytest_unconfigure() -> None:
    for home in homes:
        home.cleanup()
