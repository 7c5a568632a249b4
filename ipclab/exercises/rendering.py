"""How does a report look in JupyterLab and in a terminal?

The page follows JupyterLab's light and dark themes through its own variables; the values after the
comma serve a page without them. Everything that comes from a solution is escaped.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from .report import SYMBOLS, Report, RequirementResult, facts, title

if TYPE_CHECKING:
    from rich.console import RenderableType

_HTML_COLOURS = {
    "pass": "var(--jp-success-color1, #2e7d32)",
    "fail": "var(--jp-error-color1, #d32f2f)",
    "error": "var(--jp-error-color1, #d32f2f)",
    "todo": "var(--jp-info-color1, #0288d1)",
    "skipped": "var(--jp-border-color1, #bdbdbd)",
}
_TERMINAL_STYLES = {
    "pass": "green",
    "fail": "bold red",
    "error": "bold red",
    "todo": "cyan",
    "skipped": "dim",
}
_MONOSPACE = "font-family:var(--jp-code-font-family, monospace);white-space:pre-wrap;margin:0"


def as_html(report: Report) -> str:
    """The report as one section: a heading, then a list of requirements."""
    heading = html.escape(f"{SYMBOLS[report.verdict]} {report.headline}")
    items = "".join(_html_item(report, result) for result in report.requirements)
    schedule = f"<p>Schedule to replay: {_code(report.schedule)}</p>" if report.schedule else ""
    # A role instead of <h3>: JupyterLab would list every verdict in the table of contents.
    return (
        f'<section aria-label="Report on exercise {report.exercise}"'
        ' style="color:var(--jp-content-font-color1, inherit);max-width:60em">'
        f'<div role="heading" aria-level="4" style="font-weight:bold">{heading}</div>'
        f'<ol style="list-style:none;margin:0.5em 0;padding:0">{items}</ol>{schedule}</section>'
    )


def _html_item(report: Report, result: RequirementResult) -> str:
    colour = _HTML_COLOURS[result.status]
    status = f"{SYMBOLS[result.status]} {result.status}"
    details = "".join(_html_fact(label, text) for label, text in facts(report, result) if text)
    return (
        f'<li style="border-left:4px solid {colour};padding:0.2em 0 0.2em 0.8em;margin:0.4em 0">'
        f"<strong>{status}</strong> {html.escape(title(result))}{details}</li>"
    )


def _html_fact(label: str, text: str) -> str:
    body = html.escape(text)
    if "\n" in text:
        body = f'<pre style="{_MONOSPACE}">{body}</pre>'
    if not label:
        return f"<div>{body}</div>"
    return f"<div><em>{html.escape(label)}:</em> {body}</div>"


def _code(text: str) -> str:
    return f'<code style="{_MONOSPACE}">{html.escape(text)}</code>'


def as_rich(report: Report) -> RenderableType:
    """The report for a terminal: the root cause in a box, everything else in a line or two."""
    from rich.console import Group
    from rich.text import Text

    headline = f"{SYMBOLS[report.verdict]} {report.headline}"
    parts: list[RenderableType] = [Text(headline, style=_TERMINAL_STYLES[report.verdict])]
    parts += [_rich_item(report, result) for result in report.requirements]
    if report.schedule:
        parts.append(Text(f"Schedule to replay: {report.schedule}"))
    return Group(*parts)


def _rich_item(report: Report, result: RequirementResult) -> RenderableType:
    from rich import box
    from rich.padding import Padding
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    # Text, never markup: a solution may print square brackets.
    name = Text(f"{SYMBOLS[result.status]} {result.status} {title(result)}")
    name.stylize(_TERMINAL_STYLES[result.status], 0, 2 + len(result.status))
    grid = Table.grid(padding=(0, 1))
    for label, text in facts(report, result):
        grid.add_row(Text(label, style="bold"), Text(text))
    if result is report.first_failure:
        return Panel(grid, title=name, title_align="left", border_style="red", box=box.ROUNDED)
    item = Table.grid()
    item.add_row(name)
    if grid.row_count:
        item.add_row(Padding(grid, (0, 0, 0, 2)))
    return item
