"""`ipclab measure`: the list, one experiment as a table, as JSON and as a figure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ipclab.cli import main

ONE_BYTE = "lesson_pipes.one_byte"


def test_without_a_name_it_lists_experiments_and_their_questions(capsys) -> None:
    assert main(["measure"]) == 0
    listing = capsys.readouterr().out
    assert ONE_BYTE in listing
    assert "Two processes read the same byte" in listing


def test_the_table_and_the_json_tell_the_same(capsys) -> None:
    assert main(["measure", ONE_BYTE, "--json"]) == 0
    table = json.loads(capsys.readouterr().out)
    assert set(table) == {"title", "headers", "rows"}
    assert dict(table["rows"])["exactly one of the two"] == 20
    assert main(["measure", ONE_BYTE]) == 0
    assert capsys.readouterr().out.startswith(table["title"])


def test_the_figure_is_written_where_asked(capsys, tmp_path: Path) -> None:
    assert main(["measure", ONE_BYTE, "--plot", str(tmp_path / "bytes.png")]) == 0
    assert (tmp_path / "bytes.png").read_bytes().startswith(b"\x89PNG")
    assert "One byte in a pipe" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["nowhere/bytes.png", "bytes.nonsense"])
def test_a_figure_that_cannot_be_written(capsys, tmp_path: Path, name: str) -> None:
    assert main(["measure", ONE_BYTE, "--plot", str(tmp_path / name)]) == 1
    assert "could not be written" in capsys.readouterr().err


def test_no_figure_is_a_sentence(capsys, tmp_path: Path) -> None:
    assert main(["measure", "capture_output.endings", "--plot", str(tmp_path / "x.png")]) == 2
    assert "has no figure" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_wrong_name_is_answered_with_the_nearest(capsys) -> None:
    assert main(["measure", "lesson_pipes.one_bite"]) == 2
    assert f"Did you mean {ONE_BYTE}?" in capsys.readouterr().err
