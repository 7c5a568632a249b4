"""`ipclab start` never overwrites what a learner wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ipclab import start
from ipclab.cli import main

NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "What is a pipe?"},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {},
            "source": "1 + 1",
            "execution_count": 3,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "2"}],
        },
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "notebooks"
    directory.mkdir()
    for name in ("00_start_here.ipynb", "00a_lesson_pipes.ipynb"):
        (directory / name).write_text(json.dumps(NOTEBOOK))
    (directory / "conftest.py").touch()
    monkeypatch.setattr(start, "COURSE", directory)
    return directory


def test_copies_show_no_outputs(course: Path, learner_home: Path) -> None:
    assert main(["start"]) == 0
    work = learner_home / "work"
    assert sorted(path.name for path in work.iterdir()) == [
        "00_start_here.ipynb",
        "00a_lesson_pipes.ipynb",
    ]
    markdown, code = json.loads((work / "00_start_here.ipynb").read_text())["cells"]
    assert markdown == NOTEBOOK["cells"][0]
    assert (code["source"], code["outputs"], code["execution_count"]) == ("1 + 1", [], None)


def test_a_learners_file_stays(course: Path, learner_home: Path) -> None:
    (learner_home / "work").mkdir()
    mine = learner_home / "work" / "00_start_here.ipynb"
    mine.write_text("my own lines")
    assert main(["start"]) == 0
    assert main(["start"]) == 0
    assert mine.read_text() == "my own lines"


def test_a_file_that_appears_meanwhile_stays(course: Path, tmp_path, monkeypatch) -> None:
    target = tmp_path / "00_start_here.ipynb"
    target.write_text("my own lines")
    monkeypatch.setattr(start.os.path, "lexists", lambda path: False)
    assert not start.copy_unless_there(course / "00_start_here.ipynb", target)
    assert target.read_text() == "my own lines"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["00_start_here.ipynb", "notebooks"]


def test_where_is_the_first_notebook(course: Path, learner_home: Path, capsys) -> None:
    assert main(["start", "--where"]) == 0
    assert capsys.readouterr().out == f"{learner_home / 'work'}\n"
    main(["start"])
    capsys.readouterr()
    assert main(["start", "--where"]) == 0
    assert capsys.readouterr().out == f"{learner_home / 'work' / '00_start_here.ipynb'}\n"


def test_an_unwritable_place_is_explained(course, tmp_path, monkeypatch, capsys) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("IPCLAB_HOME", str(tmp_path / "file"))
    assert main(["start"]) == 2
    assert "Set IPCLAB_HOME" in capsys.readouterr().err


def test_the_root_is_the_nearest_parent_with_notebooks(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("IPCLAB_HOME")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    assert start.learner_root() == tmp_path


def test_elsewhere_the_root_is_in_the_users_data(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("IPCLAB_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir("/")
    assert start.learner_root() == tmp_path / "data" / "ipclab"
