"""What an exercise keeps for its learner: hints, a written answer, and a state that survives."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from doubling import DOUBLE

from ipclab.exercises import state

WORDS = dataclasses.replace(
    DOUBLE, model_answer="Addition is repeated.", worth_mentioning=("the operator", "overflow")
)
RENDERED = """\
Your answer: It adds n to n.

A model answer: Addition is repeated.

Did you mention

- ☐ the operator
- ☐ overflow"""


def test_a_hint_can_be_asked_for_by_its_level() -> None:
    assert repr(DOUBLE.hint(1)) == "Hint 1 of 2: An operator does it."
    assert repr(DOUBLE.hint(2)).startswith("Hint 2 of 2: n + n")
    assert repr(DOUBLE.hint(1)) == "Hint 1 of 2: An operator does it."
    assert state.of_exercise(98) == {"hints": 2}
    for level in (0, 3, -1):
        with pytest.raises(ValueError, match="numbered 1 to 2"):
            DOUBLE.hint(level)


@pytest.mark.parametrize("kept", [99, "2", None, -5])
def test_hints_go_on_from_an_edited_file(kept: object) -> None:
    state.record(98, hints=kept)
    assert repr(DOUBLE.hint()).startswith("Hint ")


def test_an_answer_is_kept_and_stands_beside_the_model_answer() -> None:
    assert WORDS.explanation is None
    shown = WORDS.explain("It adds n to n.")
    assert repr(shown) == shown._repr_markdown_() == RENDERED
    assert WORDS.explanation == "It adds n to n."
    assert repr(WORDS.explain("It adds n to n.")) == RENDERED


def test_an_empty_answer_shows_no_model_answer_and_erases_nothing() -> None:
    WORDS.explain("It adds n to n.")
    assert "Write your answer" in repr(WORDS.explain(" \n"))
    assert WORDS.explanation == "It adds n to n."


def test_an_exercise_that_asks_for_no_words_says_so() -> None:
    with pytest.raises(ValueError, match="Exercise 98 asks for no answer in words"):
        DOUBLE.explain("It adds.")


def in_a_new_process(code: str) -> subprocess.Popen[str]:
    """What a kernel is to the state: a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_state_survives_a_restart_of_the_kernel() -> None:
    first = "from ipclab import exercise; ex = exercise(9); ex.predict('c'); ex.hint(); ex.hint()"
    second = "from ipclab import exercise; ex = exercise(9); print(ex.prediction, ex.hint())"
    assert in_a_new_process(first).communicate(timeout=60)[0] == ""
    shown, _ = in_a_new_process(second).communicate(timeout=60)
    assert shown.startswith("c Hint 3 of 4: ")


BUSY = """
import sys
from ipclab.exercises import state
sys.stdin.read()  # until the test closes all pipes at once
for number in range(30):
    state.update(9, lambda kept: {"hints": kept.get("hints", 0) + 1})
    state.record(9, fact=number)
"""


def test_two_kernels_at_once_lose_no_update() -> None:
    kernels = [in_a_new_process(BUSY.replace("fact", name)) for name in ("first", "second")]
    for kernel in kernels:
        kernel.stdin.close()
    for kernel in kernels:
        kernel.stdout.close()
        assert kernel.wait(timeout=60) == 0
    assert state.of_exercise(9) == {"hints": 60, "first": 29, "second": 29}


def test_a_reader_never_sees_half_a_file() -> None:
    state.record(9, hints=0)
    writer = in_a_new_process(BUSY)
    writer.stdin.close()
    while writer.poll() is None:
        json.loads(state.progress_file().read_text())
        assert "hints" in state.of_exercise(9)
    writer.stdout.close()
    assert writer.returncode == 0 and state.of_exercise(9)["hints"] == 30


def test_every_damaged_file_is_kept(learner_home: Path) -> None:
    work = learner_home / "work"
    work.mkdir()
    for text in ("first", "second", "third"):
        (work / "progress.json").write_text(text)
        with pytest.warns(UserWarning, match="was damaged; it is kept as"):
            state.record(9, hints=1)
    kept = {path.read_text() for path in work.glob("progress.damaged*.json")}
    assert kept == {"first", "second", "third"}


def test_reading_a_damaged_file_changes_nothing(learner_home: Path) -> None:
    """Only who holds the lock may set it aside: another notebook may be replacing it just now."""
    path = learner_home / "work" / "progress.json"
    path.parent.mkdir()
    path.write_text("{")
    assert state.of_exercise(9) == {}
    assert path.read_text() == "{" and os.listdir(path.parent) == ["progress.json"]


def test_a_file_that_cannot_be_read_is_not_replaced(learner_home: Path) -> None:
    path = learner_home / "work" / "progress.json"
    path.mkdir(parents=True)  # stands for any file that refuses to be read, also for root
    with pytest.warns(UserWarning, match="Set IPCLAB_HOME"):
        state.record(9, hints=1)
    assert path.is_dir()


def test_what_is_kept_already_is_not_written_again() -> None:
    state.record_pass(9)
    before = state.progress_file().stat()
    state.record_pass(9)
    after = state.progress_file().stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
