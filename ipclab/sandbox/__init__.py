"""Runs a function in a process of its own, contains whatever it does, and says what happened.

run.py          `run`: the client's side; starts the helper
helper.py       the resident process that forks runs        transport.py, frames.py, wire.py: what goes between
supervisor.py   watches one run                             population.py, gather.py: its processes, its output
first.py        the process that calls the function         events.py, plain.py: what it tells, what it returns
containment.py  namespaces, limits, capabilities
observe.py      what /proc shows                            syscalls.py: in which call a thread sleeps
waitfor.py      who waits for whom                          diagnose.py, family.py, stacks.py: said in words
leaks.py        what was left behind                        results.py: the records that come back
cells.py        a notebook's cell as a function             drawing.py: a run as a figure
scene.py        what a figure shows                         phrases.py, captions.py: its words
semaphores.py   which semaphore a thread sleeps on
canvas.py       boxes, pipes and arrows                     look.py: the look of all figures
tracer.py       strace, attached to a run                   strace.py: what it writes; recording.py: what of it matters
trace.py        a run's system calls as records             waits.py: which of them waited, and who ended it
timeline.py     a trace as a figure                         flags.py: where its labels go; legend.py: its words
"""

from .first import guard
from .plain import Opaque
from .results import Descriptor, Event, Leak, Process, Raised, Run, Stuck, Wait
from .run import SandboxError, run
from .trace import Call, Moment, Trace

__all__ = [
    "Call", "Descriptor", "Event", "Leak", "Moment", "Opaque", "Process", "Raised", "Run", "SandboxError", "Stuck",
    "Trace", "Wait", "guard", "run",
]  # fmt: skip
