"""What the notebooks measure: one module per notebook.

Each function of such a module runs its measurement in a process of its own (never in the notebook
kernel) and returns a frozen result that prints as a table and draws itself: `result.plot()`.

    pipe_buffering      notebook 9: how much a pipe accepts, and when a writer has to wait
        pipe_model                         the kernel's rule, calculated
        pipe_filling, pipe_transfers       its measurements: system calls in, plain data out
        pipe_results                       what comes back: frozen records that print as tables
        pipe_figures, transfer_figures     how they are drawn
    lesson_pipes        the lesson on pipes, and the first notebook
        lesson_pipes_trials, lesson_pipes_figures
    opposite_ends       notebook 3: how two processes come to hold opposite ends of a pipe
        opposite_ends_trials, opposite_ends_figures
        descriptor_figures                 two descriptor tables and a pipe, as in the lesson on pipes
    capture_output      notebook 12: how to run a program and collect all that it writes
        capture_trials                     its measurements: processes in, plain data out
        capture_results, capture_figures   what comes back, and how it is drawn
    fifos               notebook 8: how programs meet that have no parent in common
        fifos_trials, fifos_figures
    differences         notebook 1: a pipe, a FIFO, a socket or shared memory?
        differences_trials, message_trials, differences_figures
    names               notebook 2: what a name may contain
        names_trials, names_figures
    measure             runs one measurement in the sandbox
    tables, figures     the one look of every table and figure of the course

A notebook's module is imported when it is first used: the checkers need the model alone.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipclab.experiments import (
        capture_output,
        differences,
        fifos,
        lesson_pipes,
        names,
        opposite_ends,
        pipe_buffering,
    )

__all__ = ["capture_output", "differences", "fifos", "lesson_pipes", "names", "opposite_ends", "pipe_buffering"]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
