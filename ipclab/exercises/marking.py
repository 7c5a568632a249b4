"""How does a check proceed, from the file to the report?

The solution is loaded, then the exercise's requirements are examined in their order.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ipclab.sandbox import Run, SandboxError, run

from .acting import describe
from .checking import Exam, Finding, Requirement, failed, skipped, trouble
from .diagnoses import Diagnosis, diagnosis
from .reading import listed
from .report import Report, RequirementResult
from .solutions import Solution

if TYPE_CHECKING:
    from .exercise import Exercise

LOAD_DEADLINE = 5.0  # seconds for the top level of a solution: its imports, most of all
STUCK_LIMIT = 2  # so many hanging runs are looked at; each costs its deadline
MOST_LEAKS = 20  # are named in a report

LOADING = "the solution can be loaded"
WRITTEN = "every function is written"


def check(exercise: Exercise, solution: Solution, seed: int | None = None) -> Report:
    """Examine the requirements in order and report. Raises nothing that the solution causes."""
    started = time.monotonic()
    seed = solution.digest if seed is None else seed
    marking = _Marking(exercise, solution, seed)
    try:
        marking.examine_all()
    except SandboxError as error:
        return error_report(exercise.number, exercise.slug, f"The sandbox failed: {error}", seed)
    return Report(
        exercise.number,
        exercise.slug,
        marking.verdict(),
        seed,
        tuple(marking.results),
        marking.schedule,
        time.monotonic() - started,
        tuple(marking.leaks()),
    )


def error_report(number: int, slug: str, message: str, seed: int | None = None) -> Report:
    """The report on a solution that can't be examined at all."""
    return Report(
        number,
        slug,
        "error",
        seed or 0,
        (_result(LOADING, failed("exception", message), _BEFORE_ALL),),
    )


_BEFORE_ALL = {
    "exception": Diagnosis("Nothing else can be examined before that.", "the exercise's text")
}


def _result(name: str, finding: Finding, *meanings: Mapping[str, Diagnosis]) -> RequirementResult:
    """What to report; the first of `meanings` that knows the diagnosis explains it."""
    meaning, reference = "", ""
    if word := finding.diagnosis:
        known = (each[word] for each in meanings if word in each)
        meaning, reference = next(known, None) or diagnosis(word)
    return RequirementResult(name, finding.status, word, finding.evidence, meaning, reference)


class _Marking:
    """The check of one solution as it proceeds."""

    def __init__(self, exercise: Exercise, solution: Solution, seed: int) -> None:
        self.exercise, self.solution, self.seed = exercise, solution, seed
        self.results: list[RequirementResult] = []
        self.runs: list[Run] = []
        self.begun: dict[str, Future[Any]] = {}
        self.schedule: str | None = None
        self.loaded = False
        self._unmet: set[str] = set()  # failed, or not examined because of one that failed

    def verdict(self) -> Any:
        statuses = {result.status for result in self.results}
        if not self.loaded:
            return "error"
        if "fail" in statuses:
            return "fail"
        if "todo" in statuses:
            return "todo"
        return "pass" if "pass" in statuses else "error"

    def leaks(self) -> Iterable[str]:
        """Each once. A run that was stopped is not asked: what it would have cleaned up nobody knows."""
        runs = (each for each in self.runs if not each.stuck)
        leaks = list(dict.fromkeys(str(leak) for each in runs for leak in each.leaks))
        more = len(leaks) - MOST_LEAKS
        return [*leaks[:MOST_LEAKS], f"and {more:,} more"] if more > 0 else leaks

    def examine_all(self) -> None:
        if problem := self._load():
            self._record(LOADING, problem, _BEFORE_ALL)
            return
        self.loaded = True
        if self.solution.stubs:
            self._record_stubs()
            return
        with _progress(self.exercise) as advance, ThreadPoolExecutor() as self.pool:
            for requirement in self.exercise.requirements:
                finding = self._examine(requirement)
                self._record(
                    requirement.name, finding, requirement.meanings, self.exercise.meanings
                )
                advance()

    def _load(self) -> Finding | None:
        result = run(
            describe,
            self.solution,
            deadline=LOAD_DEADLINE,
            sealed=True,
            keep=[self.solution.folder],
        )
        self.runs.append(result)
        if problem := trouble(result, self.solution):
            return problem
        found = result.value if isinstance(result.value, dict) else {}
        for name in self.solution.names:
            if name not in found:
                return failed("exception", _not_found(name, self.solution, found))
            if found[name]:
                return failed(
                    "exception", f"{name} is of type {found[name]}, which can't be called."
                )
        return None

    def _record_stubs(self) -> None:
        stubs = self.solution.stubs
        if set(stubs) == set(self.solution.names):
            for requirement in self.exercise.requirements:
                finding = Finding("todo", f"{listed(stubs)} is still to be written.")
                self._record(requirement.name, finding)
            return
        still = "is still a stub" if len(stubs) == 1 else "are still stubs"
        self._record(WRITTEN, failed("exception", f"{listed(stubs)} {still}."), _BEFORE_ALL)
        for requirement in self.exercise.requirements:
            self._record(requirement.name, skipped(f'needs "{WRITTEN}"'))

    def _examine(self, requirement: Requirement) -> Finding:
        for need in requirement.needs:
            if need in self._unmet:
                self._unmet.add(requirement.name)
                return skipped(f'needs "{need}"')
        hangs = sum(each.stuck is not None for each in self.runs)
        if self._unmet and hangs >= STUCK_LIMIT:  # runs that go on beside may hang unseen so far
            return skipped(f"the solution hung in {hangs} runs; begin with the first finding")
        # Each requirement has random values of its own: what one draws does not change the next.
        dice = random.Random(f"{self.seed} {requirement.name}")
        exam = Exam(self.solution, dice, self.runs, self.begun, self.pool)
        finding = _examined(requirement, exam)
        if finding.status == "fail":
            self._unmet.add(requirement.name)
        return finding

    def _record(self, name: str, finding: Finding, *meanings: Mapping[str, Diagnosis]) -> None:
        self.schedule = self.schedule or finding.schedule
        self.results.append(_result(name, finding, *meanings))


def _examined(requirement: Requirement, exam: Exam) -> Finding:
    try:
        return requirement.examine(exam)
    except SandboxError:
        raise
    except Exception as error:  # data that a solution forged may make any line of a check raise
        return failed(
            "wrong-result",
            f"What came back could not be judged ({type(error).__name__}: {error}). If the solution"
            " does nothing unusual, then this is a defect of the check; please report it.",
        )


def _not_found(name: str, solution: Solution, found: Iterable[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, list(found), 1)
    hint = f" It has {near[0]}: did you mean {name}?" if near else ""
    return f"It defines no {name}. The exercise asks for {listed(solution.names)}.{hint}"


@contextmanager
def _progress(exercise: Exercise) -> Iterator[Callable[[], object]]:
    """A bar on the terminal while the requirements are examined; nothing elsewhere."""
    if not (sys.stderr and sys.stderr.isatty()):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"Exercise {exercise.number}", total=len(exercise.requirements))
        yield lambda: bar.advance(task)
