"""What the notebooks measure: one module per notebook.

Each function of such a module runs its measurement in a process of its own (never in the notebook
kernel) and returns a frozen result that prints as a table and draws itself: `result.plot()`.

    pipe_buffering      notebook 9: how much a pipe accepts, and when a writer has to wait
        pipe_filling, pipe_transfers       its measurements: system calls in, plain data out
        pipe_results                       what comes back: frozen records that print as tables
        pipe_figures, transfer_figures     how they are drawn
    measure             runs one measurement in the sandbox
    tables, figures     the one look of every table and figure of the course
"""

from ipclab.experiments import pipe_buffering

__all__ = ["pipe_buffering"]
