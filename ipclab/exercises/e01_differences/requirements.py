"""How is a solution of exercise 1 judged? Each property is tried, and the answer compared."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ipclab.exercises.checking import Exam, Finding, Requirement, failed, left_behind, passed
from ipclab.experiments.differences_trials import Outcome, settle
from ipclab.sandbox import Run, SandboxError, run

from .properties import PROPERTIES, choice

__all__ = ["PROPERTIES", "REQUIREMENTS"]

SHOWN = 80  # characters of an answer
TRIALS_DEADLINE = 15.0  # seconds; they take a quarter of one where nobody disturbs them


def ask(functions: SimpleNamespace) -> Any:
    """In the sandbox: the answers as plain text, or what came instead of a dict."""
    found = functions.answers()
    if not isinstance(found, dict):
        return f"{found!r:.{SHOWN}}"
    return {f"{key!s:.{SHOWN}}": f"{value!s:.200}" for key, value in found.items()}


def _answers(exam: Exam) -> Run:
    return exam.once("answers", lambda: exam.run(ask))


def _observe() -> dict[str, Outcome]:
    """What really happens, in a sandbox that the solution does not share."""
    tried = run(settle, deadline=TRIALS_DEADLINE, sealed=True)
    if not isinstance(tried.value, dict):
        raise SandboxError(f"the trials brought no result: {tried}")
    return {name: Outcome(*outcome) for name, outcome in tried.value.items()}


def _examine_return(exam: Exam) -> Finding:
    exam.begin("observed", _observe)
    answered = _answers(exam)
    if problem := exam.trouble(answered):
        return problem
    if not isinstance(answered.value, dict):
        return failed("wrong-result", f"It returned {answered.value}, which is not a dict.")
    unknown = [key for key in answered.value if key not in PROPERTIES]
    missing = [name for name in PROPERTIES if name not in answered.value]
    if unknown or missing:
        what = f"no answer about {missing[0]!r}" if missing else f"an answer about {unknown[0]!r}"
        return failed("wrong-result", f"It has {what}. The properties are {', '.join(PROPERTIES)}.")
    return passed(f"It answers all {len(PROPERTIES)} properties.")


def _about(name: str) -> Requirement:
    def examine(exam: Exam) -> Finding:
        answer = _answers(exam).value[name]
        if answer not in PROPERTIES[name]:
            choices = "; ".join(PROPERTIES[name])
            return failed("wrong-result", f"{answer!r} is not one of the choices: {choices}.")
        seen = exam.once("observed", _observe)[name]
        if answer != choice(name, seen):
            return failed("wrong-result", f"The answer was: {answer}. Seen: {seen.seen}.")
        return passed(f"{answer}. Seen: {seen.seen}.")

    return Requirement(name, examine, needs=(ANSWERS,))


def _examine_leaks(exam: Exam) -> Finding:
    return left_behind([_answers(exam)]) or passed("Nothing was left behind.")


ANSWERS = "it returns an answer for each property"
REQUIREMENTS = (
    Requirement(ANSWERS, _examine_return),
    *map(_about, PROPERTIES),
    Requirement("it leaves nothing behind", _examine_leaks, needs=(ANSWERS,)),
)
