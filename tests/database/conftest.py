"""What the tests of ipclab.database share: a server of their own, and a look at what it leaves."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ipclab.database import Client
from ipclab.database.launch import Server, launched

sys.path.insert(0, str(Path(__file__).parent))  # makes `served` importable

from served import names_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kv.db"


@pytest.fixture
def server(path: Path) -> Iterator[Server]:
    with launched(path, 2) as running:
        yield running
    assert names_of(path) == []
    assert sorted(each.name for each in path.parent.glob("kv.db*")) == ["kv.db", "kv.db.lock"]


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with server.client() as connected:
        yield connected
