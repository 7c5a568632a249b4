"""What every test gets: a learner's home of its own. And how the tests are shared among processes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent / "schema"))  # makes `report_schema` importable


@pytest.fixture(autouse=True)
def learner_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test may read or write the progress of the person who runs it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("IPCLAB_HOME", str(home))
    return home


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `--dist loadscope` the catalogue, half of the work, would be one process's share."""
    if config.getoption("dist") != "loadscope":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            alone = nodeid.startswith("tests/catalogue/")
            return nodeid if alone else super()._split_scope(nodeid)

    return Scheduling(config, log)
