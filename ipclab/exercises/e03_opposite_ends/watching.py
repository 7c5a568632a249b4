"""The runs of exercise 3 in which an observer looks at both sides, and what it saw of them."""

from __future__ import annotations

from functools import partial

from ipclab.exercises.checking import Exam
from ipclab.sandbox import Run

from . import scenarios
from .judging import Outcome

DEADLINE = 6.0  # seconds; the observer's patience alone takes one
PIECES, LARGE = 20_000, 1 << 20
CLOSED = {"0": [0], "0, 1 and 2": [0, 1, 2]}  # then the pipe's ends get the lowest numbers
WATCHED: dict[str, tuple[int, list[int]]] = {  # bytes sent, and what the caller has closed
    "reader": (PIECES, []),
    "writer": (LARGE, []),
    "death": (LARGE, []),
    "end": (0, []),
    **{name: (PIECES, numbers) for name, numbers in CLOSED.items()},
}


def begin_watching(exam: Exam) -> None:
    """What needs a second of patience runs beside the rest."""
    for name, (size, closed) in WATCHED.items():
        view = "ends" if closed else name
        arguments = size, exam.random.randrange(1 << 30), view, closed
        # Who raises because the child was killed is not asked to have cleaned up.
        run = partial(exam.run, deadline=DEADLINE, recorded=name != "death")
        exam.begin(name, partial(run, scenarios.call_watched, *arguments))


def watched(exam: Exam, view: str) -> Run:
    begin_watching(exam)
    run: Run = exam.begun[view].result()
    return run


def seen_in(exam: Exam, view: str) -> Outcome:
    """What the observer saw; nothing where the run brought no answer."""
    value = watched(exam, view).value
    seen: Outcome = value.get("seen", {}) if isinstance(value, dict) else {}
    return seen


def was_seen(exam: Exam, view: str) -> bool:
    """Did the observer look at this side while it talked?"""
    return bool(seen_in(exam, view).get("looked"))


def forked_in(seen: Outcome) -> int:
    """How many processes were forked; one may have been told of from both sides."""
    told = (line.partition(" ") for line in seen.get("lines", []))
    return len({rest.partition(" ")[0] for word, _, rest in told if word == "forked"})
