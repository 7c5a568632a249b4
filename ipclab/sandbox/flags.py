"""Where do the labels of a line of points go, so that none covers another, or another's leader?

Each label stands above its point like a flag: its left edge at the leader that rises from the point.
From right to left, a flag flies one row above all those whose leaders rise below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Flag(NamedTuple):
    """A label: where its point is, how wide it is (same unit), and how much it matters."""

    at: float
    width: float
    weight: float = 0.0


def rows_of(flags: Sequence[Flag], most: int) -> dict[int, int]:
    """The row, 0 being the lowest, of each flag by its index; the lightest give way if `most` are full."""
    chosen = sorted(range(len(flags)), key=lambda number: flags[number].at)
    while True:
        rows = _rows(flags, chosen)
        crowded = [number for number, row in rows.items() if row >= most]
        if not crowded:
            return rows
        # The highest flag is where it is because of those whose leaders rise below it.
        top = max(crowded, key=lambda number: rows[number])
        below = [
            number
            for number in chosen
            if flags[top].at <= flags[number].at <= flags[top].at + _reach(flags, rows, top)
        ]
        chosen.remove(min(below, key=lambda number: (flags[number].weight, flags[number].at)))


def _rows(flags: Sequence[Flag], chosen: Sequence[int]) -> dict[int, int]:
    rows: dict[int, int] = {}
    for place in range(len(chosen) - 1, -1, -1):
        flag, row = flags[chosen[place]], 0
        for other in chosen[place + 1 :]:
            if flags[other].at > flag.at + flag.width:
                break
            row = max(row, rows[other] + 1)
        rows[chosen[place]] = row
    return rows


def _reach(flags: Sequence[Flag], rows: dict[int, int], top: int) -> float:
    """How far to the right the pile of flags goes on which `top` stands."""
    right = flags[top].at + flags[top].width
    for number in sorted(rows, key=lambda number: flags[number].at):
        if flags[top].at <= flags[number].at <= right:
            right = max(right, flags[number].at + flags[number].width)
    return right - flags[top].at
