"""A workbook for learning inter-process communication on Linux by measuring it.

Layout. A module may import from its own line and from lines below it, never from above:

    cli, doctor, start, …    commands of the shell: `ipclab check 9 solution.py`
    notebook                 what IPython gets: `%%process`, and a guard against a bare fork
    exercises                what a learner solves: stub, hints, checker, verdict, progress
    experiments              what a notebook measures: results that print and plot themselves
    explorer                 enumerates the interleavings of small programs
    database, webserver      the two final projects
    sandbox                  runs a function in its own process tree and says what happened
    ipc                      the primitives themselves: pipes, capture, ...

tests/test_layers.py holds this picture. This module imports nothing of it: `exercise` and
`experiments` are fetched when first used, so that `import ipclab` stays light in every child.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipclab import experiments
    from ipclab.exercises import exercise

__all__ = ["exercise", "experiments"]


def __getattr__(name: str) -> object:
    if name in __all__:
        _equip_notebook()
    if name == "exercise":
        return importlib.import_module("ipclab.exercises").exercise
    if name == "experiments":
        return importlib.import_module("ipclab.experiments")
    raise AttributeError(f"module 'ipclab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext ipclab`; importing `exercise` or `experiments` in a notebook does the same."""
    importlib.import_module("ipclab.notebook").equip(shell)


def _equip_notebook() -> None:
    ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    if ipython and (shell := ipython()):
        load_ipython_extension(shell)
