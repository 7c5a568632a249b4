"""What can be solved here? `exercise(9)` or `exercise("pipe-buffering")` gives the exercise.

Each exercise is one module, e09_pipe_buffering and so on: title, stub, hints and requirements
stand together. It is imported when it is first asked for.
"""

from __future__ import annotations

import importlib

# Imported first, because the function `exercise` below must be what the package's name means.
from .exercise import Exercise

__all__ = ["SLUGS", "Exercise", "exercise"]

# In the order in which the course takes them.
SLUGS = {
    3: "opposite-ends",
    9: "pipe-buffering",
    6: "atomic-records",
    12: "capture",
    8: "fifos",
    2: "names",
    7: "races",
    10: "mmap",
    1: "differences",
    11: "ring-buffer",
    4: "database-cache",
    5: "live-config",
}


def exercise(which: int | str) -> Exercise:
    """The exercise with this number or slug. Raises LookupError, naming those that exist."""
    number = _number(which)
    module = importlib.import_module(f"{__name__}.e{number:02}_{SLUGS[number].replace('-', '_')}")
    found: Exercise = module.EXERCISE
    return found


def _number(which: int | str) -> int:
    for number, slug in SLUGS.items():
        if str(which) in (str(number), slug):
            return number
    import difflib

    near = difflib.get_close_matches(str(which), SLUGS.values(), 1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    listing = ", ".join(f"{number} ({slug})" for number, slug in SLUGS.items())
    raise LookupError(f"There is no exercise {which!r}. These exist: {listing}.{hint}")
