"""`ipclab reset` puts the pristine notebook back, and every line of the learner's is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ipclab import reset, start
from ipclab.cli import main

CELL = {"cell_type": "code", "source": "1 + 1", "outputs": [], "execution_count": 1}
NAMES = ("00_start_here", "00a_lesson_pipes", "09_pipe_buffering", "12_capture_output")


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learner_home: Path) -> Path:
    """A learner's folder, with copies of four notebooks in it."""
    course = tmp_path / "notebooks"
    course.mkdir()
    for name in NAMES:
        (course / f"{name}.ipynb").write_text(json.dumps({"cells": [CELL], "nbformat": 4}))
    monkeypatch.setattr(start, "COURSE", course)
    assert main(["start"]) == 0
    return learner_home / "work"


def names(folder: Path) -> set[str]:
    return {path.stem for path in folder.iterdir()}


def test_the_old_notebook_is_kept_under_a_new_name(work: Path, capsys) -> None:
    notebook = work / "09_pipe_buffering.ipynb"
    pristine = notebook.read_text()
    notebook.write_text("my own lines")
    assert main(["reset", "9"]) == 0
    assert notebook.read_text() == pristine
    assert (work / "09_pipe_buffering-saved-1.ipynb").read_text() == "my own lines"
    output = capsys.readouterr().out
    assert "What you wrote is in 09_pipe_buffering-saved-1.ipynb" in output
    assert "Reload Notebook from Disk" in output


def test_no_saved_notebook_is_overwritten(work: Path) -> None:
    for text in ("first", "second", "third"):
        (work / "09_pipe_buffering.ipynb").write_text(text)
        assert main(["reset", "9"]) == 0
    saved = [(work / f"09_pipe_buffering-saved-{number}.ipynb").read_text() for number in (1, 2, 3)]
    assert saved == ["first", "second", "third"]


def test_there_is_nothing_to_keep_of_an_untouched_or_missing_one(work: Path, capsys) -> None:
    assert main(["reset", "9"]) == 0
    (work / "12_capture_output.ipynb").unlink()
    assert main(["reset", "12"]) == 0
    assert names(work) == set(NAMES)
    assert "kept" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("which", "name"),
    [
        ("0", "00_start_here"),
        ("00", "00_start_here"),
        ("00a", "00a_lesson_pipes"),
        ("9", "09_pipe_buffering"),
        ("09", "09_pipe_buffering"),
        ("12", "12_capture_output"),
        ("capture", "12_capture_output"),
        ("pipe-buffering", "09_pipe_buffering"),
        ("12_capture_output", "12_capture_output"),
        ("work/12_capture_output.ipynb", "12_capture_output"),
    ],
)
def test_a_notebook_is_found_by_number_slug_and_name(work: Path, which: str, name: str) -> None:
    assert reset.find(which).stem == name


@pytest.mark.parametrize("which", ["1", "", "_", "conftest", "09_pipe_bufering"])
def test_an_unknown_notebook_is_an_error_that_lists_the_others(work, which, capsys) -> None:
    assert main(["reset", which]) == 2
    message = capsys.readouterr().err
    assert all(name in message for name in NAMES)
    assert ("Did you mean 09_pipe_buffering?" in message) == (which == "09_pipe_bufering")
    assert names(work) == set(NAMES)


def test_a_failure_leaves_the_notebook_where_it_was(work, monkeypatch, capsys) -> None:
    notebook = work / "09_pipe_buffering.ipynb"
    notebook.write_text("my own lines")
    real_copy, calls = start.copy_unless_there, []

    def no_room_for_the_second(source: Path, target: Path) -> bool:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return real_copy(source, target)

    monkeypatch.setattr(start, "copy_unless_there", no_room_for_the_second)
    assert main(["reset", "9"]) == 2
    assert notebook.read_text() == "my own lines"
    assert names(work) == set(NAMES)
    message = capsys.readouterr().err
    assert "No space left" in message and "Nothing of yours was removed" in message


def test_what_is_saved_meanwhile_is_kept_too(work: Path, monkeypatch) -> None:
    notebook = work / "09_pipe_buffering.ipynb"
    pristine = notebook.read_text()
    notebook.write_text("first")
    real_save = reset.save

    def save_and_save_again(path: Path) -> Path:
        saved = real_save(path)
        if saved.stem.endswith("1"):
            path.write_text("written by JupyterLab at this moment")
        return saved

    monkeypatch.setattr(reset, "save", save_and_save_again)
    assert main(["reset", "9"]) == 0
    kept = [(work / f"09_pipe_buffering-saved-{number}.ipynb").read_text() for number in (1, 2)]
    assert kept == ["first", "written by JupyterLab at this moment"]
    assert notebook.read_text() == pristine


RESET = """
import sys
from pathlib import Path
from ipclab import reset, start
start.COURSE = Path(sys.argv[1])
source, target = start.COURSE / "09_pipe_buffering.ipynb", Path(sys.argv[2])
for number in range(20):
    try:
        target.with_name(f"mine-{sys.argv[3]}-{number}").write_text(f"{sys.argv[3]} {number}")
        target.with_name(f"mine-{sys.argv[3]}-{number}").rename(target)
        reset.renew(source, target)
    except FileNotFoundError:
        pass  # the other one has just renamed it
"""


def test_two_at_once_overwrite_nothing(work: Path) -> None:
    """Renaming over the notebook may replace what the other wrote; resetting never does."""
    command = [
        sys.executable,
        "-c",
        RESET,
        str(start.COURSE),
        str(work / "09_pipe_buffering.ipynb"),
    ]
    both = [subprocess.Popen([*command, name]) for name in ("a", "b")]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    saved = [path.read_text() for path in work.glob("09_pipe_buffering-saved-*.ipynb")]
    assert "" not in saved, "a file that only reserved a name was left, or replaced a notebook"
    mine = [text for text in saved if text[0] in "ab"]
    assert len(mine) == len(set(mine))
