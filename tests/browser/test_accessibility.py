"""Can everybody read what the course shows? axe-core looks, in JupyterLab's light and dark themes.

Only the course's own content is examined: JupyterLab around it is not ours.
"""

from __future__ import annotations

from typing import Any

import pytest
from entries import entries
from lab import Lab, Notebook
from playwright.sync_api import Page

from ipclab import exercise
from ipclab.exercises.report import Report

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OURS = [".jp-Notebook .jp-RenderedMarkdown", ".jp-Notebook .jp-OutputArea-output"]
USE_THEME = "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})"
LINES_BROKEN_IN_WORDS = """() => [...document.querySelectorAll('pre')]
    .filter(each => getComputedStyle(each).wordBreak === 'break-all'
        || getComputedStyle(each).overflowWrap === 'anywhere').length"""


def findings(page: Page, context: Any = None) -> list[str]:
    """What axe-core calls serious or critical, each with the elements concerned."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context).response["violations"]
    return [
        f"{each['impact']}: {each['help']}: {[node['html'][:200] for node in each['nodes']]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_the_first_notebook(lab: Lab, page: Page, theme: str) -> None:
    notebook = Notebook(page)
    notebook.open(lab, "00_start_here.ipynb")
    page.evaluate(USE_THEME, theme)
    notebook.run_all()
    assert findings(page, {"include": OURS}) == []


def reports() -> dict[str, Report]:
    """One of each verdict."""
    nine = exercise(9)

    def check(kind: str, name: str) -> Report:
        return nine.check_file(next(e.path for e in entries(kind) if e.name == name))

    def pipe_capacity(read_fd: int, write_fd: int) -> int:
        raise NotImplementedError

    return {
        "pass": check("right", "e09_pages_set_blocking"),
        "fail": check("wrong", "e09_chunk_3000"),
        "hang": check("wrong", "e09_blocking_bytes"),
        "todo": nine.check(pipe_capacity),
        "error": nine.check(),
    }


@pytest.mark.parametrize("colors", ["color:#000;background:#fff", "color:#fff;background:#111"])
def test_reports_of_every_verdict(page: Page, colors: str) -> None:
    bodies = "".join(report._repr_html_() for report in reports().values())
    page.set_content(
        f'<html lang="en"><title>Reports</title><main style="{colors}">'
        f"<h1>Reports</h1><h2>Exercise 9</h2><h3>Verdicts</h3>{bodies}</main></html>"
    )
    assert findings(page) == []


def test_a_report_at_twice_its_size_has_no_line_beyond_the_page(page: Page) -> None:
    page.set_viewport_size({"width": 640, "height": 450})  # 1280 x 900 at 200 %
    hang = reports()["hang"]
    page.set_content(
        f'<html lang="en"><title>Report</title><main>{hang._repr_html_()}</main></html>'
    )
    widths = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]
    assert page.evaluate(LINES_BROKEN_IN_WORDS) == 0
