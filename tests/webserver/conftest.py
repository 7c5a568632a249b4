"""What the tests of the web server share: a server of their own, and a look at what it leaves."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # makes `web_process` importable

from web_process import WebProcess


@pytest.fixture(scope="module")
def server() -> Iterator[WebProcess]:
    """One server for the tests of a module; each leaves it as it was, but for the configuration."""
    with WebProcess() as process:
        yield process


@pytest.fixture
def own_server() -> Iterator[WebProcess]:
    """One that the test may hurt."""
    with WebProcess() as process:
        yield process
