"""An actor that is a program of its own: nothing but the buffer's name, and the solution's text, comes to it."""

from __future__ import annotations

import os
import pickle
import sys
from types import SimpleNamespace
from typing import NoReturn

from ipclab.exercises.solutions import Solution

from .acting import Tally, act

# Kept from before any solution is loaded: it may replace what the modules hold.
_execv, _exit, _write = os.execv, os._exit, os.write
_START = f"from {__name__} import main; main()"
_PROGRAM = [sys.executable, "-c", _START]


def become_stranger(solution: Solution, command_fd: int, told_fd: int) -> NoReturn:
    """Go on as a new interpreter, which has inherited no object and hashes text in its own way."""
    try:
        text_fd = os.memfd_create("solution", 0)
        data = pickle.dumps(solution)
        while data:
            data = data[_write(text_fd, data) :]
        for fd in (command_fd, told_fd):
            os.set_inheritable(fd, True)
        _execv(_PROGRAM[0], [*_PROGRAM, *map(str, (text_fd, command_fd, told_fd))])
    finally:
        _exit(1)


def main() -> NoReturn:
    """The new program: it loads the solution, and acts."""
    text_fd, command_fd, told_fd = map(int, sys.argv[1:])
    with open(text_fd, "rb") as text:
        text.seek(0)
        solution: Solution = pickle.load(text)
    act(SimpleNamespace(**solution.load()), Tally(), command_fd, told_fd)
