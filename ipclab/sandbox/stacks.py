"""Where in its Python code is a blocked process? faulthandler tells, also inside a system call.

The signal disturbs what it looks at (a write that was partly done returns short), so stacks come
last: after them nothing is evidence.
"""

from __future__ import annotations

import os
import re
import select
import signal
from collections.abc import Iterable

from .observe import Observed

_FRAME = re.compile(r'  File "(?P<file>.*)", line (?P<line>\d+) in (?P<function>.*)')
_PACKAGE = os.path.dirname(os.path.dirname(__file__))
_FIRST_WORD, _SILENCE = (
    200,
    20,
)  # milliseconds until a dump begins, and without more until it is complete
_LIMIT = 10  # frames


def collect_stacks(read_fd: int, processes: Iterable[Observed]) -> dict[int, tuple[str, ...]]:
    """The learner's frames of each process that answers, innermost first: "solution.py, line 12 in capture"."""
    found = {}
    for process in processes:
        if process.catches(signal.SIGUSR2) and process.state in ("running", "sleeping"):
            try:
                os.kill(process.pid, signal.SIGUSR2)
            except ProcessLookupError:
                continue
            found[process.pid] = parse_stack(_read_dump(read_fd))
    return found


def parse_stack(dump: str) -> tuple[str, ...]:
    """The current thread's frames out of faulthandler's text, without those of this package."""
    _, _, current = dump.rpartition("Current thread")
    frames = []
    for line in current.splitlines():
        match = _FRAME.fullmatch(line)
        if match and not match["file"].startswith((_PACKAGE, "<frozen ")):
            frames.append(f"{_short(match['file'])} {match['line']} in {match['function']}")
    return tuple(frames[:_LIMIT])


def _short(filename: str) -> str:
    """A notebook's cells live in files with meaningless names."""
    return "the cell, line" if "/ipykernel_" in filename else f"{os.path.basename(filename)}, line"


def _read_dump(read_fd: int) -> str:
    poller, text, patience = select.poll(), b"", _FIRST_WORD
    poller.register(read_fd, select.POLLIN)
    while poller.poll(patience):
        chunk = os.read(read_fd, 1 << 16)
        if not chunk:
            break
        text += chunk
        patience = _SILENCE
    return text.decode(errors="backslashreplace")
