"""Can everybody read what the course shows? axe-core looks, in JupyterLab's light and dark themes.

Only the course's own content is examined: JupyterLab around it is not ours.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from entries import entries
from lab import Lab, Notebook
from playwright.sync_api import Page

from ipclab import exercise
from ipclab.exercises.report import Report
from ipclab.experiments.tables import html_table

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OURS = [".jp-Notebook .jp-RenderedMarkdown", ".jp-Notebook .jp-OutputArea-output"]
USE_THEME = "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})"
# JupyterLab's own rule for what cells show; a report must not follow it.
BREAKS_ANYWHERE = "<style>pre { white-space: pre-wrap; word-break: break-all }</style>"
BROKEN_WORDS = """() => [...document.querySelectorAll('pre')].flatMap(pre => {
    const text = pre.firstChild, range = document.createRange();
    return [...text.data.matchAll(/\\S+/g)].filter(word => {
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        return range.getClientRects().length > 1;
    }).map(word => word[0]);
})"""
WIDER_THAN_THE_PAGE = """() => [...document.querySelectorAll('main *')].filter(
    each => each.getBoundingClientRect().right > window.innerWidth).map(each => each.outerHTML)"""

SCROLLS_SIDEWAYS = "() => document.documentElement.scrollWidth > window.innerWidth"


def findings(page: Page, context: Any = None) -> list[str]:
    """What axe-core calls serious or critical, each with the elements concerned."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context).response["violations"]
    return [
        f"{each['impact']}: {each['help']}: {[node['html'][:200] for node in each['nodes']]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def test_the_first_notebook(lab: Lab, page: Page) -> None:
    notebook = Notebook(page)
    notebook.open(lab, "00_start_here.ipynb")
    notebook.run_all()
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        page.evaluate(USE_THEME, theme)
        page.locator(f"body[data-jp-theme-name='{theme}']").wait_for(state="attached")
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


def at_twice_its_size(page: Page, body: str) -> None:
    page.set_viewport_size({"width": 640, "height": 450})  # 1280 x 900 at 200 %
    page.set_content(
        f'<html lang="en"><title>Report</title>{BREAKS_ANYWHERE}<main>{body}</main></html>'
    )


def with_long_words(report: Report) -> Report:
    """What a solution may print: a word that no page is wide enough for, in each kind of text."""
    first, *others = report.requirements
    listing = replace(first, evidence=f"parent wrote to\n  /proc/{'a' * 200} and went on\n  twice")
    prose = replace(first, name="later", evidence=f"It returned {'b' * 200}.")
    return replace(report, requirements=(listing, prose, *others), schedule="0.1." * 100)


def test_a_report_at_twice_its_size_has_no_line_beyond_the_page(page: Page) -> None:
    hang = reports()["hang"]
    for report in (hang, with_long_words(hang)):
        at_twice_its_size(page, report._repr_html_())
        assert page.locator("pre").count()
        assert page.evaluate(WIDER_THAN_THE_PAGE) == []
        assert not page.evaluate(SCROLLS_SIDEWAYS)
        assert page.evaluate(BROKEN_WORDS) == []
        assert findings(page, {"include": ["section"]}) == []
    listing = page.locator("pre").first
    assert listing.evaluate("each => each.scrollWidth > each.clientWidth")
    page.keyboard.press("Tab")
    assert listing.evaluate("each => document.activeElement === each")  # arrow keys scroll it


def test_a_broken_word_and_a_line_beyond_the_page_are_found(page: Page) -> None:
    at_twice_its_size(page, f"<pre>one {'x' * 200}</pre><div>{'y' * 200}</div>")
    assert page.evaluate(BROKEN_WORDS) == ["x" * 200]
    assert (
        page.evaluate(WIDER_THAN_THE_PAGE) == []
    )  # what runs over leaves its box as wide as it was
    assert page.evaluate(SCROLLS_SIDEWAYS)
    at_twice_its_size(page, '<div style="width:900px">wide</div>')
    assert len(page.evaluate(WIDER_THAN_THE_PAGE)) == 1


def test_the_root_cause_stands_in_a_box(page: Page) -> None:
    page.set_content(f"<main>{reports()['fail']._repr_html_()}</main>")
    boxed = "each => getComputedStyle(each).borderRightStyle === 'solid'"
    items = page.locator("li")
    in_box = [n for n in range(items.count()) if items.nth(n).evaluate(boxed)]
    assert [items.nth(n).locator("strong").first.inner_text() for n in in_box] == ["✗ fail"]


def test_a_table_at_twice_its_size_fits_the_page(page: Page) -> None:
    rows = [
        ("server", 65_536, "a sentence about what it did " * 3, "another, as long as that " * 3)
    ]
    table = html_table("What they did, and why", ("process", "bytes", "did", "why"), rows)
    at_twice_its_size(page, f"<h1>Tables</h1>{table}")
    assert page.evaluate(WIDER_THAN_THE_PAGE) == []
    assert findings(page) == []
