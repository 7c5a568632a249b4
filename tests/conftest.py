"""What every test gets: a learner's home of its own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def learner_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test may read or write the progress of the person who runs it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("IPCLAB_HOME", str(home))
    return home
