"""The command `ipclab`: what can a learner, a teacher or a script ask of the course?

Each sub-command is one function in a module of its own, imported only when it is called.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from ipclab.database.learner import Functions as CacheFunctions
    from ipclab.webserver.learners import Functions

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
    _add_database(commands)
    _add_webserver(commands)
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


def _add_database(commands: Commands) -> None:
    """The first final project."""
    database = commands.add_parser(
        "database",
        help="the database server of exercise 4, and its client",
        description="A key-value database whose workers share one cache, and its client.",
        epilog="Exit status: 0 done, 1 no such key, 2 error.",
    )
    actions = database.add_subparsers(metavar="action", required=True)
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--path", default="kv.db", metavar="DB", help="database (kv.db)")
    where.add_argument("--socket", metavar="PATH", help="socket (the database's path + .sock)")

    serve = actions.add_parser("serve", parents=[where], help="serve until SIGTERM or Ctrl-C")
    serve.add_argument("--workers", type=int, default=2, metavar="N", help="processes (2)")
    serve.add_argument("--slots", type=int, default=32768, metavar="N", help="of the cache (32768)")
    for name, help_text, arguments in (
        ("get", "print the value of a key", ("key",)),
        ("set", "give a key a value", ("key", "value")),
        ("delete", "remove a key", ("key",)),
        ("stats", "print counters and the workers' process ids", ()),
    ):
        action = actions.add_parser(name, parents=[where], help=help_text)
        for argument in arguments:
            action.add_argument(argument, metavar=argument.upper())
        action.set_defaults(command=f"ipclab.database.commands:{name}")
    actions.choices["stats"].add_argument("--json", action="store_true", help="as one JSON object")
    actions.choices["set"].set_defaults(command="ipclab.database.commands:set_")
    serve.add_argument(
        "--with",
        dest="functions",
        metavar="FILE",
        help="use the get_with_cache and set_with_cache of a .py file or a notebook",
    )
    serve.set_defaults(command="ipclab.database.commands:serve", load=_database_functions)


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


def _add_webserver(commands: Commands) -> None:
    """The second final project."""
    webserver = commands.add_parser(
        "webserver",
        help="the web server of exercise 5",
        description="A web server whose workers take up a new configuration while they serve.",
    ).add_subparsers(metavar="command", required=True)
    port = argparse.ArgumentParser(add_help=False)
    port.add_argument(
        "--port", type=int, default=8080, metavar="P", help="which server: its port (default: 8080)"
    )
    port.set_defaults(load=_learners_functions)
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print one JSON object")

    serve = webserver.add_parser(
        "serve",
        parents=[port],
        help="start it; it prints `ready` once it answers",
        description="Serve GET / and GET /config until SIGTERM or Ctrl-C.",
        epilog="Exit status: 0 it was told to end, 2 it could not start.",
    )
    serve.add_argument("--workers", type=int, default=2, metavar="N", help="processes (default: 2)")
    serve.add_argument(
        "--host", default="127.0.0.1", help="address (default: 127.0.0.1, this machine)"
    )
    serve.add_argument(
        "--with",
        dest="functions",
        metavar="FILE",
        help="use the publish, snapshot and watch of a .py file or a notebook",
    )
    serve.set_defaults(command="ipclab.webserver.commands:serve")

    update = webserver.add_parser(
        "update-config",
        parents=[port, as_json],
        help="change the configuration of a running server",
        description="Publish a new configuration, and say when the workers have taken it up.",
        epilog="Exit status: 0 once it is published, 2 when it is not.",
    )
    update.add_argument(
        "--verbosity",
        type=int,
        metavar="N",
        help="what workers log: 0 nothing, 1 new versions, 2 requests",
    )
    update.add_argument(
        "--max-connections", type=int, metavar="N", help="of all workers together, at least 1"
    )
    update.add_argument("--greeting", metavar="TEXT", help="what GET / answers, at most 64 bytes")
    update.set_defaults(command="ipclab.webserver.commands:update_config")

    show = webserver.add_parser(
        "show-config",
        parents=[port, as_json],
        help="print the configuration, and which version each worker has",
    )
    show.set_defaults(command="ipclab.webserver.commands:show_config")


def _learners_functions(path: str) -> Functions:
    """What a learner's file holds for exercise 5. Raises ValueError."""
    from ipclab.webserver.learners import Functions

    return Functions(*_functions_of(path, Functions._fields))


def _database_functions(path: str) -> CacheFunctions:
    """What a learner's file holds for exercise 4. Raises ValueError."""
    from ipclab.database.learner import Functions

    return Functions(*_functions_of(path, Functions._fields))


def _functions_of(path: str, names: tuple[str, ...]) -> Any:
    from ipclab.exercises.files import from_file
    from ipclab.exercises.solutions import SolutionError

    try:
        solution = from_file(path, names)
        found = solution.load()
    except SolutionError as error:
        raise ValueError(str(error)) from None
    except Exception as error:  # it is a learner's
        raise ValueError(f"{path} raised {type(error).__name__}: {error}") from error
    lacking = [name for name in names if name not in found or name in solution.stubs]
    if lacking:
        raise ValueError(f"{path}: still to be written: {', '.join(lacking)}")
    return [found[name] for name in names]


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
