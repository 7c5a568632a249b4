"""One path leads through the course, and no link of a notebook or a page leads nowhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def prose(path: Path) -> list[str]:
    """The texts of a notebook's markdown cells."""
    cells = json.loads(path.read_text())["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


def links(text: str) -> list[str]:
    return [link for link in LINK.findall(text) if "://" not in link]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_links_of_a_notebook_lead_somewhere(path: Path) -> None:
    found = [link for text in prose(path) for link in links(text)]
    assert [link for link in found if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_links_of_a_page_lead_somewhere(path: Path) -> None:
    assert [link for link in links(path.read_text()) if not (path.parent / link).exists()] == []


def test_each_notebook_leads_to_the_next_and_none_is_left_out() -> None:
    visited = ["00_start_here.ipynb"]
    while following := links(prose(ROOT / "notebooks" / visited[-1])[-1]):
        assert len(following) == 1 and following[0] not in visited
        visited += following
    assert sorted(visited) == [path.name for path in NOTEBOOKS]


def test_the_first_notebook_shows_the_path() -> None:
    path = next(text for text in prose(NOTEBOOKS[0]) if text.startswith("## The path"))
    chain = [NOTEBOOKS[0].name]
    while following := links(prose(ROOT / "notebooks" / chain[-1])[-1]):
        chain += following
    assert links(path) == chain[1:]
