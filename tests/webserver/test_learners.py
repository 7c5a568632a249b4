"""`ipclab webserver serve --with FILE`: the real server on somebody's exercise 5."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from web_process import WebProcess, until

from ipclab.cli import main
from ipclab.exercises.solutions import MODULE_NAME

SOLUTION = """
import time
from ipclab.webserver import CONFIG, Config

MARK = b"*"

def publish(memory, lock, config):
    with lock:
        memory[:CONFIG.size] = CONFIG.pack(*config)

def read(memory, lock):
    with lock:
        data = memory[:CONFIG.size]
    *numbers, greeting = CONFIG.unpack(data)
    return Config(*numbers, greeting.rstrip(b"\\0"))

def snapshot(memory, lock):
    config = read(memory, lock)
    if config.greeting == b"break":
        raise RuntimeError("this snapshot is broken")
    return config._replace(greeting=config.greeting.rstrip(MARK) + MARK)

def watch(memory, lock, on_change, should_stop):
    seen = read(memory, lock).version
    while not should_stop():
        config = read(memory, lock)
        if config.version != seen:
            seen = config.version
            on_change(config)
        time.sleep(0.002)
"""


@pytest.fixture(scope="module")
def solution(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("learner") / "solution.py"
    path.write_text(SOLUTION)
    return path


@pytest.fixture(scope="module")
def theirs(solution: Path) -> Iterator[WebProcess]:
    with WebProcess("--with", str(solution)) as process:
        yield process


def test_their_snapshot_answers_and_their_watch_tells(theirs: WebProcess) -> None:
    with theirs.connect() as client:
        assert client.get("/").body == b"Hello from ipclab*"
        done = theirs.update("--greeting", "theirs", "--verbosity", "3")
        assert (done["workers"], done["taken_up"]) == (2, 2)
        assert client.get("/").body == b"theirs*"
        config = json.loads(client.get().body)
        assert (config["version"], config["verbosity"]) == (done["version"], 3)
    shown = theirs.shown()
    assert shown["greeting"] == "theirs*"
    assert {worker["version"] for worker in shown["workers"]} == {done["version"]}


def test_their_exception_is_an_answer(theirs: WebProcess) -> None:
    before = theirs.workers()
    theirs.update("--greeting", "break")
    with theirs.connect() as client:
        assert [client.get("/").status for _ in range(2)] == [500, 500]
    assert "this snapshot is broken" in theirs.log()
    assert theirs.workers() == before


def test_a_notebook_will_do(tmp_path: Path, solution: Path) -> None:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": solution.read_text()}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path = tmp_path / "05.ipynb"
    path.write_text(json.dumps(notebook))
    with WebProcess("--with", str(path), workers=1) as process:
        assert process.get("/").body == b"Hello from ipclab*"


def test_a_watch_that_ends_early_is_told(tmp_path: Path, solution: Path) -> None:
    path = tmp_path / "solution.py"
    path.write_text(solution.read_text() + "\ndef watch(*arguments):\n    return\n")
    with WebProcess("--with", str(path), workers=1) as process:
        until(lambda: "`watch` has ended before it was told to" in process.log(), "it is told")
        started = time.monotonic()
        done = process.update("--greeting", "nobody watches")
        assert (done["workers"], done["taken_up"]) == (1, 0)
        assert time.monotonic() - started < 5
        assert process.get("/").body == b"nobody watches*"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1\n", "still to be written: publish, snapshot, watch"),
        ("def publish(:\n", "not valid Python"),
        ("1 / 0\n", "ZeroDivisionError"),
        (
            SOLUTION + "\ndef watch(a, b, c, d):\n    raise NotImplementedError\n",
            "still to be written: watch",
        ),
        (SOLUTION + "\ndef snapshot(memory, lock):\n    return lock.nothing\n", "nothing"),
        (SOLUTION + "\ndef publish(memory, lock, config):\n    return lock.nothing\n", "nothing"),
    ],
    ids=["nothing", "syntax", "raises", "stub", "snapshot", "publish"],
)
def test_a_file_that_cannot_serve_is_told(
    tmp_path: Path,
    text: str,
    words: str,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The server executes the file in its own process: here, ours.
    monkeypatch.setitem(sys.modules, MODULE_NAME, sys)
    monkeypatch.setattr(sys, "path", [*sys.path])
    path = tmp_path / "solution.py"
    path.write_text(text)
    assert main(["webserver", "serve", "--port", "0", "--with", str(path)]) == 2
    printed = capfd.readouterr()
    assert words in printed.err
    assert printed.out == ""
