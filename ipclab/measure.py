"""`ipclab measure`: what do the notebooks measure, and what comes out on this machine?"""

from __future__ import annotations

import difflib
import inspect
import json
import sys
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from ipclab import experiments
from ipclab.experiments.tables import Tabular

USAGE_ERROR = 2


def available() -> dict[str, Callable[[], Any]]:
    """Every experiment that needs no argument, as "module.function", in the course's modules."""
    found: dict[str, Callable[[], Any]] = {}
    for module_name in experiments.__all__:
        module = getattr(experiments, module_name)
        for name in module.__all__:
            function = getattr(module, name)
            if inspect.isfunction(function) and _needs_nothing(function):
                found[f"{module_name}.{name}"] = function
    return found


def _needs_nothing(function: Callable[..., Any]) -> bool:
    parameters = inspect.signature(function).parameters.values()
    return all(each.default is not each.empty for each in parameters)


def measure(options: Namespace) -> int:
    """List the experiments, or run one: exit status 0, 1 if it brought no result, 2 for a wrong name."""
    choices = available()
    if options.experiment is None:
        _list(choices)
        return 0
    if options.experiment not in choices:
        near = difflib.get_close_matches(options.experiment, choices, 1)
        hint = f" Did you mean {near[0]}?" if near else " `ipclab measure` lists them."
        print(f"ipclab: there is no experiment {options.experiment}.{hint}", file=sys.stderr)
        return USAGE_ERROR
    try:
        result = choices[options.experiment]()
    except RuntimeError as error:
        print(f"ipclab: {error}", file=sys.stderr)
        return 1
    return _save(result, options.plot) if options.plot else _show(result, options.json)


def _list(choices: dict[str, Callable[[], Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("experiment", "what it measures", box=None)
    for name, function in choices.items():
        table.add_row(name, (inspect.getdoc(function) or "").partition("\n")[0])
    Console().print(table)


def _show(result: Any, as_json: bool) -> int:
    if as_json and not isinstance(result, Tabular):
        print("ipclab: this experiment has no table; leave out --json", file=sys.stderr)
        return USAGE_ERROR
    if as_json:
        table = {"title": result.title, "headers": result.headers, "rows": result.rows()}
        print(json.dumps(table))
    else:
        print(result)
    return 0


def _save(result: Any, path: str) -> int:
    if not hasattr(result, "plot"):
        print("ipclab: this experiment has no figure; leave out --plot", file=sys.stderr)
        return USAGE_ERROR
    try:
        result.plot().savefig(path)
    except (OSError, ValueError) as error:  # ValueError: a kind of file that it can't write
        print(f"ipclab: {path} could not be written: {error}", file=sys.stderr)
        return 1
    print(result)
    print(f"The figure is in {path}.", file=sys.stderr)
    return 0
