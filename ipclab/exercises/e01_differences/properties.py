"""The six properties, what may be said of each, and which of it is true given what was tried."""

from __future__ import annotations

from ipclab.experiments.differences_trials import TRIALS, Outcome

_EITHER = ("a pipe", "shared memory", "both", "neither")
# The trial of each property says of which of the two a statement is true.
_STATEMENTS: dict[str, tuple[str, ...]] = {
    "joined by name alone": _EITHER,
    "direction": (
        "a pipe goes both ways, shared memory one way",
        "a pipe goes one way, shared memory both ways",
        "both go both ways",
        "both go one way",
    ),
    "unit": (
        "a pipe is a stream of bytes, shared memory is accessed at random",
        "a pipe is accessed at random, shared memory is a stream of bytes",
        "both are streams of bytes",
        "both are accessed at random",
    ),
    "how much fits": (
        "a full pipe makes its writer wait, shared memory has the size that it was given",
        "a pipe has the size that it was given, full shared memory makes its writer wait",
        "both make their writer wait when they are full",
        "neither is ever full",
    ),
    "needs synchronisation": _EITHER,
    "exists while no process has it open": _EITHER,
}
# Which choice it is when the statement holds of (the pipe, shared memory).
_ORDER = ((True, False), (False, True), (True, True), (False, False))

PROPERTIES: dict[str, tuple[str, ...]] = {name: _STATEMENTS[name] for name in TRIALS}


def choice(name: str, outcome: Outcome) -> str:
    """The choice that fits what was seen."""
    return PROPERTIES[name][_ORDER.index((outcome.pipe, outcome.memory))]
