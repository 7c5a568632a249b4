"""Which items went to which consumer: exactly what is missing, doubled, out of order or strange."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

_SHOWN = 5


def delivery(tallies: list[list[int]], count: int) -> dict[str, Any]:
    """What is wrong with what was delivered of items 0 to `count` - 1, as plain data; a few of each."""
    times = Counter(number for tally in tallies for number in tally)
    lost = [number for number in range(count) if not times[number]]
    doubled = sorted(number for number, often in times.items() if often > 1 and number >= 0)
    return {
        "delivered": [len(tally) for tally in tallies],
        "lost": lost[:_SHOWN],
        "losses": len(lost),
        "doubled": [[number, _who(tallies, number)] for number in doubled[:_SHOWN]],
        "doubles": len(doubled),
        "unknown": sorted(number for number in times if not 0 <= number < count)[:_SHOWN],
        "disorder": _disorder(tallies),
    }


def _who(tallies: list[list[int]], number: int) -> list[int]:
    """The consumers that got an item, from 1."""
    return [who for who, tally in enumerate(tallies, 1) for got in tally if got == number][:_SHOWN]


def _disorder(tallies: list[list[int]]) -> list[int] | None:
    """A consumer, an item that it got, and an earlier one that it got next."""
    for who, tally in enumerate(tallies, 1):
        for one, next_one in pairwise(tally):
            if 0 <= next_one < one:
                return [who, one, next_one]
    return None
