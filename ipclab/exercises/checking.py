"""How is a solution judged without ever trusting it?

Every step of it runs in the sandbox, in a process of its own. What comes back is plain data, and a
run that did not go well is read in one way for all exercises: `trouble`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ipclab.sandbox import Run, run

from .acting import perform
from .diagnoses import Diagnosis, diagnosis
from .reading import clean, died, explained, in_own_words
from .report import Status
from .solutions import Solution

RUN_DEADLINE = 4.0  # seconds for one scenario, unless it asks for another

T = TypeVar("T")


@dataclass(frozen=True)
class Finding:
    """What one requirement's examination came to. Make it with passed, failed or skipped."""

    status: Status
    evidence: str
    diagnosis: str | None = None
    schedule: str | None = None


def passed(evidence: str) -> Finding:
    """The requirement is met; `evidence` says what was observed, with values."""
    return Finding("pass", clean(evidence))


def failed(diagnosis_name: str, evidence: str, schedule: str | None = None) -> Finding:
    """It is not met. Raises ValueError for a word outside the vocabulary."""
    diagnosis(diagnosis_name)
    return Finding("fail", clean(evidence), diagnosis_name, schedule)


def skipped(reason: str) -> Finding:
    """It can't be examined for this solution; the other requirements decide."""
    return Finding("skipped", clean(reason))


@dataclass(frozen=True)
class Requirement:
    """One thing that a solution must do; `needs` names earlier ones without which it can't be judged.

    `meanings`: what a diagnosis means where this requirement fails, if that is more than it means in
    the whole exercise (`Exercise.meanings`) or anywhere (diagnoses.py).
    """

    name: str
    examine: Callable[[Exam], Finding]
    needs: tuple[str, ...] = ()
    meanings: Mapping[str, Diagnosis] = field(default_factory=dict)


@dataclass
class Exam:
    """What a requirement's `examine` works with."""

    solution: Solution
    random: random.Random
    runs: list[Run] = field(default_factory=list)
    begun: dict[str, Future[Any]] = field(default_factory=dict)
    pool: ThreadPoolExecutor = field(default_factory=ThreadPoolExecutor)

    def begin(self, name: str, make: Callable[[], T]) -> None:
        """Let `make` begin now, beside what else is examined, for `once` to wait for it later."""
        if name not in self.begun:
            self.begun[name] = self.pool.submit(make)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What `make` returns: made when a requirement first asks, and shared by all of them."""
        self.begin(name, make)
        made: T = self.begun[name].result()
        return made

    def run(
        self,
        scenario: Callable[..., Any],
        *args: Any,
        deadline: float = RUN_DEADLINE,
        prepare: Callable[[], object] | None = None,
        recorded: bool = True,
    ) -> Run:
        """Call `scenario(functions, *args)` in the sandbox; `functions` holds the contract's names.

        A scenario is a function of a module, so that its code is there before the solution's, and
        returns plain data other than None. `prepare` is called there before the solution is loaded.
        `recorded`: what the run leaves, and that it hangs, is the solution's doing (an exploration's is not).
        """
        result = run(
            perform,
            self.solution,
            scenario,
            args,
            prepare,
            deadline=deadline,
            sealed=True,
            keep=[self.solution.folder],
        )
        if recorded:
            self.runs.append(result)
        return result

    def trouble(self, result: Run) -> Finding | None:
        """The finding on a run that brought no answer; None when it did."""
        return trouble(result, self.solution)


def trouble(result: Run, solution: Solution | None = None) -> Finding | None:
    """Why a run brought no answer, worded for the learner; None when it did bring one."""
    if any(event.name == "escaped" for event in result.events):
        return failed(
            "child-escapes",
            "A child that the function forked left it as its parent did, and would have run the"
            " caller's code a second time.",
        )
    if result.stuck:
        return failed(result.stuck.diagnosis, in_own_words(str(result.stuck), solution))
    if result.exception:
        return failed("exception", explained(result.exception, solution))
    if result.exit_status != 0 or result.value is None:
        return failed("exception", died(result))
    return None


_LEFT_BEHIND = {
    "descriptor": "fd-leak",
    "zombie": "zombie-left",
    "process": "orphan-left",
    "thread": "orphan-left",
    "fifo": "fifo-left",
}  # any other kind of leak is a name


def left_behind(runs: Iterable[Run]) -> Finding | None:
    """The finding on the first thing that these runs left behind; None when they left nothing.

    A run that was stopped is not looked at: what it would have cleaned up nobody knows.
    """
    leaks = (leak for run in runs if not run.stuck for leak in run.leaks)
    if leak := next(leaks, None):
        return failed(_LEFT_BEHIND.get(leak.kind, "name-leak"), f"Afterwards {leak}.")
    return None
