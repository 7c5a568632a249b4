"""A search that takes longer than a second says how far it is: on a terminal or in a notebook, nowhere else."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import threading
from collections.abc import Iterator

_QUIET = 1.0  # seconds
_INTERVAL = 0.2


@contextlib.contextmanager
def shown() -> Iterator[str]:
    """Show what another process writes into the file whose path is given; "" where nobody would see it."""
    if not (sys.stderr.isatty() or _in_notebook()):
        yield ""
        return
    descriptor, path = tempfile.mkstemp(prefix="ipclab-explorer-")
    os.close(descriptor)
    over = threading.Event()
    thread = threading.Thread(target=_show, args=(path, over), daemon=True)
    thread.start()
    try:
        yield path
    finally:
        over.set()
        thread.join()
        os.unlink(path)


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"


def _show(path: str, over: threading.Event) -> None:
    if over.wait(_QUIET):
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    from rich.console import Console

    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("exploring")
        while not over.wait(_INTERVAL):
            with open(path) as file:
                told = file.read().split()
            if len(told) == 2:
                words = f"exploring: {int(told[0]):,} schedules, now with {told[1]} preemptions"
                bar.update(task, description=words)
