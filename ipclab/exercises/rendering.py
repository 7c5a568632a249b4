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
# JupyterLab breaks the lines of a <pre> anywhere; here they break at blanks, and a longer word scrolls.
_MONOSPACE = (
    "font-family:var(--jp-code-font-family, monospace);white-space:pre-wrap;word-break:normal;"
    "overflow-wrap:normal;overflow-x:auto;margin:0.2em 0;padding:0;background:none;color:inherit"
)


def as_html(report: Report) -> str:
    """The report as one section: a heading, then a list of requirements, the root cause in a box."""
    heading = html.escape(f"{SYMBOLS[report.verdict]} {report.headline}")
    items = "".join(_html_item(report, result) for result in report.requirements)
    schedule = _html_fact("Schedule to replay", report.schedule or "", is_code=True)
    # A role instead of <h3>: JupyterLab would list every verdict in the table of contents.
    return (
        f'<section aria-label="Report on exercise {report.exercise}"'
        ' style="color:var(--jp-content-font-color1, inherit);max-width:60em;line-height:1.5;'
        'overflow-wrap:break-word">'
        '<div role="heading" aria-level="4" style="font-weight:bold;font-size:1.15em">'
        f"{heading}</div>"
        f'<ol style="list-style:none;margin:0.5em 0;padding:0">{items}</ol>{schedule}</section>'
    )


def _html_item(report: Report, result: RequirementResult) -> str:
    colour = _HTML_COLOURS[result.status]
    edges = f"border-left:4px solid {colour};padding:0.1em 0.8em"
    if result is report.first_failure:
        background = "background:var(--jp-layout-color2, transparent)"
        edges = f"border:2px solid {colour};border-left-width:8px;padding:0.5em 0.8em;{background}"
    status = f"{SYMBOLS[result.status]} {result.status}"
    details = "".join(_html_fact(label, text) for label, text in facts(report, result))
    return (
        f'<li style="{edges};margin:0.4em 0"><strong style="display:inline-block;min-width:4.5em">'
        f"{status}</strong> {_html_title(result)}{details}</li>"
    )


def _html_title(result: RequirementResult) -> str:
    """What failed is written as boldly as its status: the eye finds it among a dozen others."""
    text = html.escape(title(result))
    return f"<strong>{text}</strong>" if result.status == "fail" else text


def _html_fact(label: str, text: str, is_code: bool = False) -> str:
    if not text:
        return ""
    body = html.escape(text)
    if is_code or "\n" in text:
        # With a tabindex the keyboard can scroll it.
        body = f'<pre tabindex="0" style="{_MONOSPACE}">{body}</pre>'
    if not label:
        # A shade weaker, so that the names of the requirements can be read down the page.
        return f'<div style="color:var(--jp-content-font-color2, inherit)">{body}</div>'
    return f'<div style="margin-top:0.3em"><strong>{html.escape(label)}:</strong> {body}</div>'


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
