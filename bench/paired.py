"""How much faster are we than a peer, on a machine that is never quiet?

Both are timed in the same round, in alternating order, and only their ratio in that round counts:
whatever slows the machine for a while slows both. The median over the rounds is reported, with the
smallest and the largest beside it. A ratio above 1 means that ours is better.

A subject is called without arguments, does the work once, and returns what its check needs; checks
run outside the measured time.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Subject = Callable[[], Any]
Check = Callable[[Any], None]


@dataclass(frozen=True)
class Row:
    """One line of the table. `ours` and `theirs` are medians in `unit`; `note` explains, if need be."""

    bench: str
    unit: str
    ours: float
    peer: str
    theirs: float
    ratios: tuple[float, ...]
    note: str = ""

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    def as_json(self) -> dict[str, object]:
        return {
            "bench": self.bench,
            "unit": self.unit,
            "ours": self.ours,
            "peer": self.peer,
            "theirs": self.theirs,
            "ratio": round(self.ratio, 4),
            "rounds": len(self.ratios),
        }


@dataclass(frozen=True)
class Side:
    """One of the two that are compared: its name, the work, and a check that raises on a wrong result."""

    name: str
    work: Subject
    check: Check


def compare_times(
    bench: str, ours: Side, peer: Side, *, rounds: int = 7, calls: int = 1, note: str = ""
) -> Row:
    """Seconds a call, lower is better; `calls` of them are timed together in every round."""
    seconds: dict[str, list[float]] = {"ours": [], "theirs": []}
    order = [("ours", ours), ("theirs", peer)]
    for _, side in order:  # a warm-up: page cache, imports, allocator
        side.check(side.work())
    for _ in range(rounds):
        for label, side in order:
            seconds[label].append(_time_calls(side, calls))
        order.reverse()
    return Row(
        bench=bench,
        unit="s",
        ours=statistics.median(seconds["ours"]),
        peer=peer.name,
        theirs=statistics.median(seconds["theirs"]),
        ratios=tuple(t / o for o, t in zip(seconds["ours"], seconds["theirs"], strict=True)),
        note=note,
    )


def compare_rates(
    bench: str, unit: str, ours: Side, peer: Side, *, rounds: int = 5, note: str = ""
) -> Row:
    """Things a second, higher is better. The work takes its own time, since other processes share in it.

    It returns a pair: the rate, and what its check needs.
    """
    rates: dict[str, list[float]] = {"ours": [], "theirs": []}
    order = [("ours", ours), ("theirs", peer)]
    for _ in range(rounds):
        for label, side in order:
            rate, evidence = side.work()
            side.check(evidence)
            rates[label].append(rate)
        order.reverse()
    return Row(
        bench=bench,
        unit=unit,
        ours=statistics.median(rates["ours"]),
        peer=peer.name,
        theirs=statistics.median(rates["theirs"]),
        ratios=tuple(o / t for o, t in zip(rates["ours"], rates["theirs"], strict=True)),
        note=note,
    )


def _time_calls(side: Side, calls: int) -> float:
    """Mean seconds of one call. Every result is checked, so that no fast wrong answer counts."""
    total = 0.0
    for _ in range(calls):
        start = time.perf_counter()
        result = side.work()
        total += time.perf_counter() - start
        side.check(result)
        del result  # or its memory would be missing in the next call
    return total / calls


def table(rows: list[Row]) -> str:
    """The rows as text, with the spread of the ratio and the notes under the table."""
    lines = [
        f"{'bench':22} {'ours':>15} {'theirs':>15}  {'peer':26} {'ratio':>6}  smallest-largest (rounds)"
    ]
    for row in rows:
        lines.append(
            f"{row.bench:22} {_with_unit(row.ours, row.unit):>15} {_with_unit(row.theirs, row.unit):>15}"
            f"  {row.peer:26} {row.ratio:6.2f}  {min(row.ratios):.2f}-{max(row.ratios):.2f} ({len(row.ratios)})"
        )
    lines.append("ratio > 1: ours is better; the median of paired rounds")
    lines += [f"{row.bench}: {row.note}" for row in rows if row.note]
    return "\n".join(lines)


def _with_unit(value: float, unit: str) -> str:
    if unit == "s" and value < 1:
        return f"{value * 1000:.3f} ms"
    if value >= 1000:
        return f"{value:,.0f} {unit}"
    return f"{value:,.3f} {unit}"
