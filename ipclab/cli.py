"""The command `ipclab`: what can a learner, a teacher or a script ask of the course?

Each sub-command is one function in a module of its own, imported only when it is called.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import TypeAlias

INTERRUPTED = 130  # 128 + SIGINT, as shells report it
USAGE_ERROR = 2
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ipclab", description="Learn inter-process communication on Linux by measuring it."
    )
    commands = parser.add_subparsers(metavar="command", required=True)
    _add_check(commands)
    _add_work(commands)
    _add_measure(commands)
    _add_machine(commands)
    return parser


def _add_check(commands: Commands) -> None:
    check = commands.add_parser(
        "check",
        help="check a solution",
        description="Check the solution of an exercise in a .py file or a notebook.",
        epilog="Exit status: 0 passed, 1 failed, 2 error, 3 still to do.",
    )
    check.add_argument("exercise", help="number of the exercise, or: all")
    check.add_argument("path", help="file with the solution; with all: a directory of them")
    check.add_argument("--json", action="store_true", help="print JSON, one object an exercise")
    check.add_argument("--seed", type=int, help="repeat a check with the names and sizes it used")
    check.set_defaults(command="ipclab.exercises.commands:check")


def _add_work(commands: Commands) -> None:
    """What looks after a learner's own notebooks."""
    start = commands.add_parser(
        "start",
        help="copy the notebooks to work/",
        description="Copy the course's notebooks to work/. What is there already stays as it is.",
    )
    start.add_argument("--where", action="store_true", help="print the notebook to open, only")
    start.set_defaults(command="ipclab.start:start")

    reset = commands.add_parser(
        "reset",
        help="begin a notebook anew; what you wrote is kept",
        description="Put the course's notebook into work/ again. Yours is kept under a new name.",
    )
    reset.add_argument("notebook", help="number of the exercise or notebook, its slug or file name")
    reset.set_defaults(command="ipclab.reset:reset")

    progress = commands.add_parser(
        "progress",
        help="show what you have passed, and what comes next",
        description="Show what you have passed, your predictions and hints, and what comes next.",
    )
    progress.add_argument("--json", action="store_true", help="print one JSON object")
    progress.set_defaults(command="ipclab.progress:progress")


def _add_measure(commands: Commands) -> None:
    measure = commands.add_parser(
        "measure",
        help="run an experiment of the notebooks",
        description="Run an experiment of the notebooks on this machine; without a name, list them.",
    )
    measure.add_argument("experiment", nargs="?", help="such as: pipe_buffering.by_chunk_size")
    output = measure.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print the table as one JSON object")
    output.add_argument("--plot", metavar="FILE", help="write its figure: .png, .svg or .pdf")
    measure.set_defaults(command="ipclab.measure:measure")


def _add_machine(commands: Commands) -> None:
    """What looks after the machine."""
    clean = commands.add_parser(
        "clean",
        help="remove forgotten shared memory and semaphores of the course",
        description="List and remove your shared memory and semaphores that the course has named:"
        " /ipclab-<your user id>-… in /dev/shm. What a process still uses is kept.",
        epilog="Exit status: 0 done, 1 some could not be removed, 2 error.",
    )
    clean.add_argument("--dry-run", action="store_true", help="list only, remove nothing")
    clean.set_defaults(command="ipclab.clean:clean")

    doctor = commands.add_parser(
        "doctor",
        help="say what this machine lacks",
        description="Say what this machine lacks for the course, and what to do about it.",
        epilog="Exit status: 0 the course works here, 1 something is missing.",
    )
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    doctor.set_defaults(command="ipclab.doctor:doctor")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; argparse ends the process on a usage error."""
    if sys.platform != "linux":
        print("ipclab: this course is about Linux and runs there only.", file=sys.stderr)
        return USAGE_ERROR
    options = build_parser().parse_args(arguments)
    module, function = options.command.split(":")
    try:
        status: int = getattr(importlib.import_module(module), function)(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has left, as in `ipclab doctor | head -1`. Python flushes once
        # more at exit, which must not fail a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    return status
