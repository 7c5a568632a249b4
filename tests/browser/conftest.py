"""What the tests in a browser share: one Chromium, one JupyterLab, one page for each test."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # makes `lab` importable
sys.path.insert(0, str(Path(__file__).parents[1] / "catalogue"))

from lab import Lab, running_lab, start_learning

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Without one the test is skipped, unless IPCLAB_REQUIRE_BROWSER is set."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        reason = "no Chromium here: apt-get install chromium"
        if os.environ.get("IPCLAB_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where one learner works and makes progress, for all tests of a module."""
    return tmp_path_factory.mktemp("learner")


@pytest.fixture(scope="module")
def lab(chromium: Browser, home: Path) -> Iterator[Lab]:
    with running_lab(start_learning(home), home) as running:
        yield running


@pytest.fixture
def page(chromium: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Page]:
    """A window of its own; what it last showed is kept as page.png among the test's files."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    yield opened
    opened.screenshot(path=tmp_path / "page.png")
    context.close()
