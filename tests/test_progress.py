"""`ipclab progress`: the table, the JSON, and files that people have edited."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ipclab import exercise
from ipclab.cli import main
from ipclab.exercises import SLUGS, state


def as_json(capsys: pytest.CaptureFixture[str]) -> dict:
    capsys.readouterr()
    assert main(["progress", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


def test_a_new_learner_has_done_nothing_yet(capsys, learner_home: Path) -> None:
    found = as_json(capsys)
    assert (found["passed"], found["total"]) == (0, len(SLUGS))
    assert found["file"] == str(learner_home / "work" / "progress.json")
    assert [each["exercise"] for each in found["exercises"]] == list(SLUGS)
    assert not (learner_home / "work").exists()


def test_what_was_done_is_shown(capsys) -> None:
    exercise(9).predict("b")
    exercise(9).hint()
    state.record_pass(9)
    nine = next(each for each in as_json(capsys)["exercises"] if each["exercise"] == 9)
    assert nine["slug"] == "pipe-buffering" and nine["stars"] == 2
    assert (nine["prediction"], nine["hints"], nine["hints_in_all"]) == ("b", 1, 4)
    assert nine["passed"] == state.of_exercise(9)["passed"]


def test_the_table_names_what_comes_next(capsys) -> None:
    first, following, *_ = SLUGS
    state.record_pass(first)
    assert main(["progress"]) == 0
    output = capsys.readouterr().out
    assert "✓ passed" in output and f"1 of {len(SLUGS)} passed" in output
    assert f"Next: exercise {following}, {exercise(following).title}." in output


@pytest.mark.parametrize(
    "entry", ["passed", 3, {"passed": 7, "hints": "many", "prediction": ["b"]}, {"hints": 1000}]
)
def test_an_edited_file_is_no_error(learner_home: Path, capsys, entry) -> None:
    path = learner_home / "work" / "progress.json"
    path.parent.mkdir()
    text = json.dumps({"exercises": {"9": entry}})
    path.write_text(text)
    nine = next(each for each in as_json(capsys)["exercises"] if each["exercise"] == 9)
    assert nine["passed"] is None and nine["hints"] in (0, 4)
    assert main(["progress"]) == 0
    assert path.read_text() == text
