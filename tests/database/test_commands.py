"""`ipclab database` in a shell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ipclab.database.launch import Server


def ipclab(
    *arguments: str | Path, folder: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    argv = [sys.executable, "-m", "ipclab", "database", *map(str, arguments)]
    return subprocess.run(argv, capture_output=True, timeout=30, cwd=folder)


def test_set_get_delete(server: Server, path: Path) -> None:
    where = ("--socket", server.socket_path)
    assert ipclab("get", "k", *where).returncode == 1
    done = ipclab("set", "k", "wört", *where)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    done = ipclab("get", "k", *where)
    assert (done.returncode, done.stdout, done.stderr) == (0, "wört".encode(), b"")
    assert ipclab("get", "k", "--path", path).stdout == "wört".encode()
    assert ipclab("delete", "k", *where).returncode == 0
    done = ipclab("get", "k", *where)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")


def test_stats_are_one_json_object(server: Server) -> None:
    done = ipclab("stats", "--json", "--socket", server.socket_path)
    stats = json.loads(done.stdout)
    assert len(stats["workers"]) == 2
    assert {"hits", "misses", "evictions"} < set(stats)
    assert b"workers" in ipclab("stats", "--socket", server.socket_path).stdout


@pytest.mark.parametrize("action", [["get", "k"], ["set", "k", "v"], ["delete", "k"], ["stats"]])
def test_without_a_server_there_is_a_sentence(tmp_path: Path, action: list[str]) -> None:
    done = ipclab(*action, folder=tmp_path)
    assert done.returncode == 2 and done.stdout == b""
    assert b"no server answers at kv.db.sock" in done.stderr and b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--workers", "0"], b"1 to 64"),
        (["--slots", "0"], b"--slots 0"),
        (["--path", "no/such/folder/kv.db"], b"No such file or directory"),
        (["--socket", "s" * 200], b"too long"),
    ],
)
def test_a_server_that_cannot_start_says_why(
    tmp_path: Path, options: list[str], sentence: bytes
) -> None:
    done = ipclab("serve", *options, folder=tmp_path)
    assert done.returncode == 2 and done.stdout == b""
    assert sentence in done.stderr and b"Traceback" not in done.stderr
