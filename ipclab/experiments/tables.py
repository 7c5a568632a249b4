"""The one look of a result that is printed."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import quantiles

Row = Sequence[object]


class Tabular:
    """A result that prints as a table: its `title`, `headers` and `rows()` say what stands in it."""

    headers: tuple[str, ...]

    @property
    def title(self) -> str:
        raise NotImplementedError

    def rows(self) -> list[Row]:
        raise NotImplementedError

    def __repr__(self) -> str:
        return table(self.title, self.headers, self.rows())


def table(title: str, headers: Sequence[str], rows: Sequence[Row]) -> str:
    """A title, a line of headers, a rule, and the rows: numbers to the right, words to the left."""
    lines = [tuple(headers), *(tuple(map(cell, row)) for row in rows)]
    columns = list(zip(*lines, strict=True))
    widths = [max(map(len, column)) for column in columns]
    numeric = [any(text[:1].isdigit() for text in column[1:]) for column in columns]
    aligned = [
        "  ".join(
            value.rjust(width) if right else value.ljust(width)
            for value, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    ]
    rule = "  ".join("-" * width for width in widths)
    return "\n".join([title, "", aligned[0], rule, *aligned[1:]])


def quartiles(found: Sequence[float]) -> tuple[float, float, float]:
    """Lower quartile, median and upper quartile of one figure or more."""
    if len(found) == 1:
        return (found[0],) * 3
    low, middle, high = quantiles(found, n=4, method="inclusive")
    return low, middle, high


def cell(value: object) -> str:
    """One value as it stands in a table: whole numbers with thousands separators."""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
