"""The failing run as plain data: its steps up to the one that fixes the verdict."""

from __future__ import annotations

from typing import Any

from .diagnose import lost_update, torn_read
from .scenario import Outcome, Scenario
from .search import encode


def failure_data(scenario: Scenario, outcome: Outcome, scope: str) -> dict[str, Any]:
    """What `results.failure_from` reads."""
    assert outcome.finding is not None
    last = _last_step(outcome)
    events = [each for each in outcome.events if last is None or each.step <= last]
    names = scenario.names()
    steps = [
        [
            each.step, names[each.process], each.kind, each.line,
            scenario.sources.line(each.filename, each.line), each.text,
            [[low, old, new] for _, low, old, new in each.changed],
        ]
        for each in events
    ]  # fmt: skip
    for number, line, filename, text in outcome.waiting:
        steps.append(
            [0, names[number], "stuck", line, scenario.sources.line(filename, line), text, []]
        )
    return {
        "diagnosis": outcome.finding.diagnosis,
        "message": outcome.finding.message,
        "schedule": encode(outcome.schedule),
        "steps": steps,
        "processes": list(zip(names, map(_called, scenario.programs), strict=True)),
        "cut": 0 if last is None else max(0, len(outcome.schedule) - last),
        "scope": scope,
    }


def _last_step(outcome: Outcome) -> int | None:
    """The step after which nothing can save the run; None: its last one."""
    assert outcome.finding is not None
    if outcome.finding.diagnosis == "lost-update" and (found := lost_update(outcome.events)):
        return found[2].step
    if outcome.finding.diagnosis == "torn-read" and (torn := torn_read(outcome.events)):
        return torn[1].step
    return None


def _called(function: Any) -> str:
    name = getattr(function, "__qualname__", None) or type(function).__name__
    return str(name).rpartition("<locals>.")[2]
