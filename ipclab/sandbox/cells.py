"""Runs the text of a notebook's cell as a program of its own, in the first process of a run.

The rest of the notebook is not there: what the cell uses of it was sent along.
"""

from __future__ import annotations

import ast
import linecache
import os
import sys
import traceback
import types
from collections.abc import Mapping
from typing import NoReturn

FILENAME = "the cell"  # as a traceback shows it


def perform(source: str, names: Mapping[str, object]) -> dict[str, object]:
    """Execute `source` as a script; return the value of its last expression, and its exit status.

    A process that the cell forks, and that reaches the end of the cell, ends there as it would at
    the end of a script. Raises what the cell raises, SystemExit aside.
    """
    first_process = os.getpid()
    # As on a terminal: each line comes out at once, and a fork does not copy what was printed.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    value, status = None, 0
    try:
        value = _execute(source, names)
    except SystemExit as error:
        status = _exit_status(error.code)
    except BaseException as error:
        if os.getpid() == first_process:
            raise
        traceback.print_exception(error.with_traceback(_own_part(error.__traceback__)))
        status = 1
    if os.getpid() != first_process:
        _end_of_script(status)
    return {"value": value, "exit_status": status}


def _execute(source: str, names: Mapping[str, object]) -> object:
    lines = source.splitlines(keepends=True)
    linecache.cache[FILENAME] = (len(source), None, lines, FILENAME)
    module = sys.modules["__main__"] = types.ModuleType("__main__")
    module.__dict__.update(names)
    body = ast.parse(source, FILENAME).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), FILENAME, "exec", dont_inherit=True), module.__dict__)
    if not isinstance(last, ast.Expr):
        return None
    expression = compile(ast.Expression(last.value), FILENAME, "eval", dont_inherit=True)
    return eval(expression, module.__dict__)


def _end_of_script(status: int) -> NoReturn:
    """Leave a child as Python leaves a script: output written, exit status set."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _exit_status(code: object) -> int:
    """What `sys.exit(code)` makes of `code`."""
    if code is None or type(code) is int:
        return (code or 0) & 0xFF
    print(code, file=sys.stderr)
    return 1


def _own_part(position: types.TracebackType | None) -> types.TracebackType | None:
    """A traceback from where the learner's code begins."""
    while position is not None and position.tb_frame.f_code.co_filename == __file__:
        position = position.tb_next
    return position
