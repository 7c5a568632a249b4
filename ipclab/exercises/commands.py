"""`ipclab check`: what is the verdict on a file, for a person and for a grader?"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from . import SLUGS, exercise
from . import state as progress
from .report import Report

if TYPE_CHECKING:
    from .exercise import Exercise

EXIT_STATUS = {"pass": 0, "fail": 1, "error": 2, "todo": 3}


def check(args: argparse.Namespace) -> int:
    """Check `args.path` for `args.exercise`, a number, a slug or "all". Returns the exit status.

    With `args.json` standard output holds the JSON objects and nothing else.
    """
    verdicts = set()
    for file, report in _reports(args.exercise, Path(args.path), args.seed):
        _show(report, file, args.json)
        verdicts.add(report.verdict)
    for verdict in ("error", "fail", "todo"):
        if verdict in verdicts:
            return EXIT_STATUS[verdict]
    return EXIT_STATUS["pass"]


def _reports(which: str, path: Path, seed: int | None) -> Iterator[tuple[Path, Report]]:
    from .marking import error_report

    if which == "all":
        found = False
        for number in SLUGS:
            each = exercise(number)
            if chosen := _file_for(each, path):
                found = True
                yield chosen, _check(each, chosen, seed)
        if not found:
            lacks = (
                "No file in it defines what an exercise asks for"
                if path.is_dir()
                else "No such directory"
            )
            message = f"{path}: {lacks}."
            yield path, error_report(0, "all", message, seed)
        return
    try:
        each = exercise(which)
    except LookupError as error:
        number = int(which) if which.isascii() and which.isdigit() else 0
        yield path, error_report(number, "unknown", str(error), seed)
        return
    file = (_file_for(each, path) if path.is_dir() else None) or path
    yield file, _check(each, file, seed)


def _check(each: Exercise, path: Path, seed: int | None) -> Report:
    report = each.check_file(path, seed)
    work = progress.learner_root() / "work"
    # A teacher checks other people's files: only a learner's own work counts as progress.
    if report and path.resolve().is_relative_to(work.resolve()):
        progress.record_pass(each.number)
    return report


def _file_for(each: Exercise, path: Path) -> Path | None:
    """The file in which this exercise's solution most likely stands, if there is one."""
    ranked = [(_rank(file, each), str(file), file) for file in _files(path)]
    candidates = sorted(entry for entry in ranked if entry[0])
    if not candidates:
        return None
    chosen = candidates[0][-1]
    if len(candidates) > 1:
        print(
            f"ipclab: {len(candidates)} files in {path} may hold exercise {each.number}; only {chosen} is"
            " checked. Give each person a directory of their own.",
            file=sys.stderr,
        )
    return chosen


def _rank(file: Path, each: Exercise) -> tuple[bool, ...]:
    """Smaller is likelier: it is complete, begun, named after the exercise, whole. (): impossible."""
    from .files import from_file, mentions
    from .solutions import SolutionError

    other_name = not _is_named_after(file, each)
    try:
        lacking = [name for name in each.names if not mentions(file, (name,))]
    except SolutionError:
        return () if other_name else (True, False, False, True)
    if len(lacking) == len(each.names):
        return ()
    try:
        untouched = len(from_file(file, each.names).stubs) == len(each.names)
    except SolutionError:
        return bool(lacking), False, other_name, True
    return bool(lacking), untouched, other_name, False


def _is_named_after(file: Path, each: Exercise) -> bool:
    stem = file.stem.lower().replace("_", "-")
    digits = "".join(character for character in stem.removeprefix("e")[:2] if character.isdigit())
    return each.slug in stem or (digits.isdigit() and int(digits) == each.number)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, subfolders, names in os.walk(path):
        subfolders[:] = sorted(
            name
            for name in subfolders
            if not name.startswith((".", "__")) and name != "node_modules"
        )
        for name in sorted(names):
            if name.endswith((".py", ".ipynb")):
                yield Path(folder, name)


def _show(report: Report, file: Path, as_json: bool) -> None:
    if as_json:
        print(report.to_json(), flush=True)
        return
    from rich.console import Console

    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    console = Console(highlight=False)
    console.print(report)
    how = f"  ({file}; {report.seconds:.1f} s; --seed {report.seed} repeats this check)"
    console.print(how, style="dim", markup=False)
