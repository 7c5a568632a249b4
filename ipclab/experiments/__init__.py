"""What the notebooks measure: one module per notebook.

Each function of such a module runs its measurement in a process of its own (never in the notebook
kernel) and returns a frozen result that prints as a table and draws itself: `result.plot()`.

    pipe_buffering      notebook 9: how much a pipe accepts, and when a writer has to wait
        pipe_model                         the kernel's rule, calculated
        pipe_filling, pipe_transfers       its measurements: system calls in, plain data out
        pipe_results                       what comes back: frozen records that print as tables
        pipe_figures, transfer_figures     how they are drawn
    lesson_memory       the lesson on shared memory and semaphores
        lesson_memory_programs             two programs that meet there
        lesson_memory_trials, lesson_memory_figures
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
    mapping             notebook 10: a file as an array, and what a page costs
        mapping_trials, mapping_figures
    names               notebook 2: what a name may contain
        names_trials, names_figures
    atomic_records      notebook 6: when two writers mix in one pipe
        atomic_trials, atomic_figures
    races               notebook 7: two processes use the same bytes, with and without a lock
        races_trials, races_locks          its measurements: processes in, plain data out
        races_figures
    database            notebook 4: when a cached value is a lie, and a server whose workers share a cache
        database_schedules                 every order of a get and a set
        database_trials, database_waiting, database_killing      its measurements
        database_figures
    live_config         notebook 5: how a running worker learns of a new configuration
        live_config_trials                 ways of waiting, and torn looks
        live_config_server, live_config_clients                  the real server, and who asks it
        live_config_results                what comes back: frozen records that print as tables
        live_config_figures, live_config_board
    ring_buffer         notebook 11: how fast two processes can talk
        ring_buffer_ways                   lock and look, semaphores, batches: what is compared
        ring_buffer_trials, ring_buffer_deaths     its measurements: processes in, plain data out
        ring_buffer_results, ring_buffer_figures   what comes back, and how it is drawn
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
        atomic_records,
        capture_output,
        database,
        differences,
        fifos,
        lesson_memory,
        lesson_pipes,
        live_config,
        mapping,
        names,
        opposite_ends,
        pipe_buffering,
        races,
        ring_buffer,
    )

__all__ = [
    "atomic_records",
    "capture_output",
    "database",
    "differences",
    "fifos",
    "lesson_memory",
    "lesson_pipes",
    "live_config",
    "mapping",
    "names",
    "opposite_ends",
    "pipe_buffering",
    "races",
    "ring_buffer",
]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
