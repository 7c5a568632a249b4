"""`ipclab progress`: what has a learner done, and what comes next?"""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict, dataclass
from typing import Any

from ipclab.exercises import SLUGS, exercise, state


@dataclass(frozen=True)
class Standing:
    """How far one exercise has come."""

    exercise: int
    slug: str
    title: str
    stars: int
    passed: str | None  # the day, as 2025-03-01
    prediction: str | None  # the choice that was kept
    hints: int  # taken so far
    hints_in_all: int
    begun: bool


def standing(number: int) -> Standing:
    """How far this exercise has come; what is not as it should be in the file counts as nothing."""
    each, kept = exercise(number), state.of_exercise(number)
    passed, hints = kept.get("passed"), kept.get("hints")
    return Standing(
        number,
        each.slug,
        each.title,
        each.stars,
        passed if isinstance(passed, str) else None,
        each.prediction,
        min(hints, len(each.hints)) if isinstance(hints, int) else 0,
        len(each.hints),
        begun=bool(kept),
    )


def progress(options: Namespace) -> int:
    """Print the table, or with `--json` one object. Exit status 0."""
    standings = [standing(number) for number in SLUGS]
    if options.json:
        print(json.dumps(_as_dict(standings)))
        return 0
    _show(standings)
    return 0


def _as_dict(standings: list[Standing]) -> dict[str, Any]:
    return {
        "passed": sum(each.passed is not None for each in standings),
        "total": len(standings),
        "exercises": [asdict(each) for each in standings],
        "file": str(state.progress_file()),
    }


def _show(standings: list[Standing]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("", justify="right")
    for heading in ("exercise", "stars", "state", "prediction"):
        table.add_column(heading)
    table.add_column("hints", justify="right")
    for each in standings:
        words = f"✓ passed {each.passed}" if each.passed else "○ begun" if each.begun else "-"
        table.add_row(
            str(each.exercise),
            each.title,
            "★" * each.stars,
            Text(words, style="green" if each.passed else ""),
            f"({each.prediction})" if each.prediction else "",
            f"{each.hints} of {each.hints_in_all}",
        )
    console = Console(highlight=False)
    console.print(table)
    console.print(_summary(standings), markup=False, soft_wrap=True)


def _summary(standings: list[Standing]) -> str:
    passed = sum(each.passed is not None for each in standings)
    summary = f"{passed} of {len(standings)} passed. Kept in {state.progress_file()}"
    if following := next((each for each in standings if not each.passed), None):
        summary += f"\nNext: exercise {following.exercise}, {following.title}."
    return summary
