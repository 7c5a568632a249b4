"""Which solutions does the catalogue hold, and what do their first lines say of them?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HERE = Path(__file__).parent
Kind = Literal["right", "wrong", "hostile"]
_ANSWER = {"right": "right", "wrong": "diagnosis", "hostile": "verdict"}


@dataclass(frozen=True)
class Entry:
    """One solution of the catalogue."""

    path: Path
    answers: tuple[str, ...]  # diagnoses of a wrong one, verdicts on a hostile one; (): any

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def exercise(self) -> int:
        return int(self.name[1:3])


def entries(kind: Kind) -> list[Entry]:
    """The solutions of one folder, by name."""
    return [
        Entry(path, tuple(_headers(path).get(_ANSWER[kind], "").replace(",", " ").split()))
        for path in sorted((HERE / kind).glob("*.py"))
    ]


def _headers(path: Path) -> dict[str, str]:
    """What stands as "# word: text" in the comment that opens a file."""
    found = {}
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            break
        word, colon, text = line.removeprefix("#").strip().partition(": ")
        if colon:
            found[word] = text
    return found


def one_for_each_diagnosis(wrong: Iterable[Entry]) -> set[Entry]:
    """For each exercise and diagnosis, of the entries that put it first the strictest, plainest one."""
    chosen: dict[tuple[int, str], Entry] = {}
    for entry in sorted(wrong, key=lambda entry: (len(entry.answers), entry.path.stat().st_size)):
        chosen.setdefault((entry.exercise, entry.answers[0]), entry)
    return set(chosen.values())
