"""What did the check find? The verdict on one exercise, for people, notebooks and graders."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from rich.console import RenderableType

Status = Literal["pass", "fail", "todo", "skipped"]
Verdict = Literal["pass", "fail", "todo", "error"]

# Never colour alone: a symbol and a word carry each status.
SYMBOLS = {"pass": "✓", "fail": "✗", "error": "✗", "todo": "○", "skipped": "-"}


@dataclass(frozen=True)
class RequirementResult:
    """One requirement: what was observed, and what it means when it is not met."""

    name: str
    status: Status
    diagnosis: str | None
    evidence: str
    meaning: str
    reference: str

    def as_dict(self) -> dict[str, Any]:
        """The object that stands in the JSON's list of requirements."""
        return {
            "name": self.name,
            "status": self.status,
            "diagnosis": self.diagnosis,
            "evidence": self.evidence,
            "meaning": self.meaning,
            "reference": self.reference,
        }


@dataclass(frozen=True)
class Report:
    """The verdict on one exercise; true only for a pass.

    What it shows in a notebook is the same on every run of one solution: no seed, no seconds.
    """

    exercise: int
    slug: str
    verdict: Verdict
    seed: int
    requirements: tuple[RequirementResult, ...]
    schedule: str | None = None  # the id under which a failing interleaving can be replayed
    seconds: float = 0.0
    leaks: tuple[str, ...] = ()  # what the runs left behind; it is gone by now

    def __bool__(self) -> bool:
        return self.verdict == "pass"

    @property
    def first_failure(self) -> RequirementResult | None:
        """The failing requirement that carries the root cause."""
        return next((each for each in self.requirements if each.status == "fail"), None)

    @property
    def headline(self) -> str:
        """The verdict in one line."""
        passed = sum(each.status == "pass" for each in self.requirements)
        comment = {
            "pass": f"All {passed} requirements are met.",
            "fail": f"{passed} of {len(self.requirements)} requirements are met.",
            "todo": "It is still a stub.",
            "error": "It could not be checked.",
        }[self.verdict]
        if self.verdict == "pass" and passed < len(self.requirements):
            comment = f"{passed} requirements are met, the others could not be examined."
        subject = f"Exercise {self.exercise}, {self.slug}: " if self.exercise else ""
        return f"{subject}{self.verdict.upper()}. {comment}"

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data, as the JSON holds it."""
        return {
            "exercise": self.exercise,
            "slug": self.slug,
            "verdict": self.verdict,
            "seed": self.seed,
            "requirements": [each.as_dict() for each in self.requirements],
            "schedule": self.schedule,
            "seconds": round(self.seconds, 3),
            "leaks": list(self.leaks),
        }

    def to_json(self) -> str:
        """One JSON object on one line, in ASCII whatever the solution printed."""
        return json.dumps(self.as_dict())

    def __str__(self) -> str:
        return "\n".join(_text(self))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from .rendering import as_html

        return as_html(self)

    def __rich__(self) -> RenderableType:
        from .rendering import as_rich

        return as_rich(self)


def facts(report: Report, result: RequirementResult) -> list[tuple[str, str]]:
    """What to show beneath a requirement, as (label, text): everything for the root cause only."""
    if result.status != "fail":
        return [("", result.evidence)] if result.status == "pass" else []
    if result is not report.first_failure:
        return [("Observed", result.evidence)]
    labelled = [
        ("Observed", result.evidence),
        ("Why it matters", result.meaning),
        ("Read", result.reference),
    ]
    return [(label, text) for label, text in labelled if text]


def title(result: RequirementResult) -> str:
    """The requirement's name, and what is wrong with it, or why it was skipped."""
    if result.status == "skipped":
        return f"{result.name} ({result.evidence})"
    return f"{result.name}: {result.diagnosis}" if result.diagnosis else result.name


def _text(report: Report) -> Iterator[str]:
    yield f"{SYMBOLS[report.verdict]} {report.headline}"
    for result in report.requirements:
        yield f"  {SYMBOLS[result.status]} {result.status:<7}  {title(result)}"
        for label, text in facts(report, result):
            yield from _indented(f"{label}: {text}" if label else text)
    if report.schedule:
        yield f"  Schedule to replay: {report.schedule}"


def _indented(text: str) -> Iterator[str]:
    # Only prose is wrapped: a traceback or a list of processes keeps its lines.
    lines = text.splitlines()
    if len(lines) == 1:
        lines = textwrap.wrap(text, 88)
    for line in lines:
        yield f"             {line}"
