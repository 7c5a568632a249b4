"""Enumerates the interleavings of small programs: a race gets a verdict, not a probability.

api.py          `explore` and `replay`              results.py      what they return
simulation.py   their part inside the sandbox       report.py       a failing run as plain data
search.py       which schedules, in which order     scenario.py     what is explored; one run of it
world.py        processes that take turns           spinning.py     loops that wait
memory.py       shared bytes                        accesses.py     an access as steps
semaphores.py   semaphores and locks                objects.py      objects shared as a whole
shims.py        posix_ipc, time, os, random         functions.py    functions, made anew for a process
sources.py      their texts                         compiling.py, rewriting.py, sites.py: with hooks
hooks.py        what the hooks do                   calls.py        for calls of libraries
watching.py     stops what comes to no step         progress.py     says how far a search is
diagnose.py     what is wrong with a run            timeline.py, picture.py: how it is shown
"""

from .api import NotSimulated, explore, replay
from .results import Exploration, ExplorerError, Failure, Step

__all__ = ["Exploration", "ExplorerError", "Failure", "NotSimulated", "Step", "explore", "replay"]
