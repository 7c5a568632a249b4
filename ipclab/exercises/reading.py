"""What did a run that failed say, in words that a learner can use?"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator

from ipclab.sandbox import Run
from ipclab.sandbox.results import Raised

from .solutions import Solution

TEXT_LIMIT = 2_000  # characters of one evidence
_FRAME = re.compile(r'  File "(?P<file>.*)", line (?P<line>\d+)(?P<rest>.*)')
_MARKER = re.compile(r"[\s~^]+")  # beneath a line of code, Python 3.11 underlines where


def clean(text: str) -> str:
    """`text` without control characters, which could repaint a terminal, and not endless."""
    if len(text) > TEXT_LIMIT:
        half = TEXT_LIMIT // 2
        text = f"{text[:half]} … {len(text) - TEXT_LIMIT:,} characters left out … {text[-half:]}"
    return "".join(each if each == "\n" or each.isprintable() else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def listed(names: tuple[str, ...] | list[str]) -> str:
    """The names as a sentence has them: a, b and c."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def explained(raised: Raised, solution: Solution | None = None) -> str:
    """The exception, and the learner's lines that led to it."""
    frames = list(_own_frames(raised.traceback, solution))
    if raised.type == "SystemExit":
        what = f"It ended the process with {raised} instead of returning."
    else:
        what = f"It raised {raised}."
    if raised.type != "SyntaxError" and raised.traceback and not frames:
        what += " No line of the solution raised it, but the check, after the solution had run."
    return "\n".join([what, *frames])


def _own_frames(traceback: str, solution: Solution | None) -> Iterator[str]:
    own = False
    for line in traceback.splitlines():
        if frame := _FRAME.fullmatch(line):
            own = solution is None or solution.own_file(frame["file"])
            if own:
                yield f"  {_short(frame['file'])}, line {frame['line']}{frame['rest']}"
        elif own and line.startswith("    ") and not _MARKER.fullmatch(line):
            yield line
        elif not line.startswith("    "):
            own = False


def in_own_words(text: str, solution: Solution | None) -> str:
    """`text` with the files of the solution named as the learner knows them."""
    for part in solution.parts if solution else ():
        for name in (part.filename, os.path.basename(part.filename)):
            text = text.replace(name, _short(part.filename))
    return text


def _short(filename: str) -> str:
    # IPython invents a file for each cell; its name differs from session to session.
    if "ipykernel_" in filename or filename.startswith("<"):
        return "cell of the notebook"
    return os.path.basename(filename)


def died(result: Run) -> str:
    """How a run ended that neither returned nor raised."""
    status = result.exit_status
    if status is not None and status < 0:
        return f"The process that called the function was killed by {_signal_name(-status)}."
    if status is None:
        return "The process that called the function was stopped before it answered."
    return (
        f"The process that called the function ended with exit status {status} before the function"
        " had returned, as os._exit makes it."
    )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
