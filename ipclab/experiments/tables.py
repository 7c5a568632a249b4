"""The one look of a result that is printed, and of the same table in a notebook."""

from __future__ import annotations

import html
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

    def _repr_html_(self) -> str:
        return html_table(self.title, self.headers, self.rows())


def table(title: str, headers: Sequence[str], rows: Sequence[Row]) -> str:
    """A title, a line of headers, a rule, and the rows: numbers to the right, words to the left."""
    lines = _lines(headers, rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    numeric = _numeric(lines)
    aligned = [
        "  ".join(
            value.rjust(width) if right else value.ljust(width)
            for value, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    ]
    rule = "  ".join("-" * width for width in widths)
    return "\n".join([title, "", aligned[0], rule, *aligned[1:]])


def html_table(title: str, headers: Sequence[str], rows: Sequence[Row]) -> str:
    """The same as one HTML table: narrow pages wrap its cells, and a screen reader tells which is which.

    JupyterLab's own style for tables gives it its colours, light and dark.
    """
    head, *body = _lines(headers, rows)
    sides = ["right" if right else "left" for right in _numeric([head, *body])]

    def row(cells: Sequence[str], first: str, other: str) -> str:
        shown = [
            _html_cell(other if number else first, side, text)
            for number, (side, text) in enumerate(zip(sides, cells, strict=True))
        ]
        return f"<tr>{''.join(shown)}</tr>"

    column, label = 'th scope="col"', 'th scope="row"'
    written = "".join(row(cells, label, "td") for cells in body)
    # No <caption>: it would be squeezed into the width of a narrow table.
    return (
        '<figure style="margin:0;color:var(--jp-content-font-color1, inherit)">'
        f'<figcaption style="font-weight:bold;margin:0.3em 0">{html.escape(title)}</figcaption>'
        '<table style="margin:0;font-variant-numeric:tabular-nums">'
        f"<thead>{row(head, column, column)}</thead><tbody>{written}</tbody></table></figure>"
    )


def _html_cell(tag: str, side: str, text: str) -> str:
    weight = "" if "col" in tag else ";font-weight:normal"
    return f'<{tag} style="text-align:{side}{weight}">{html.escape(text)}</{tag[:2]}>'


def _lines(headers: Sequence[str], rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """The headers and the rows as they are written."""
    return [tuple(headers), *(tuple(map(cell, row)) for row in rows)]


def _numeric(lines: Sequence[Sequence[str]]) -> list[bool]:
    """Which columns hold numbers."""
    columns = zip(*lines, strict=True)
    return [any(text[:1].isdigit() for text in column[1:]) for column in columns]


def quartiles(found: Sequence[float]) -> tuple[float, float, float]:
    """Lower quartile, median and upper quartile of one figure or more."""
    if len(found) == 1:
        return (found[0],) * 3
    low, middle, high = quantiles(found, n=4, method="inclusive")
    return low, middle, high


def cell(value: object) -> str:
    """One value as it stands in a table: whole numbers with thousands separators."""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
