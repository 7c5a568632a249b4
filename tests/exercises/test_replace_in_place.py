"""Exercise 10: a call that never returns is named, and copies that take its time are not overlooked."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ipclab.exercises.checking import Exam, Finding
from ipclab.exercises.e10_mmap import requirements
from ipclab.exercises.e10_mmap.scenarios import Case, call_each
from ipclab.exercises.files import from_file

HANGS = (
    "def replace_in_place(path, old, new):\n    {}\n    while old != b'one': pass\n    return 1\n"
)
CASES = [Case(b"one", b"one", b"two"), Case(b"two", b"two", b"one"), Case(b"", b"a", b"b")]

pytestmark = pytest.mark.slow


def exam_of(folder: Path, line: str) -> Exam:
    path = folder / "solution.py"
    path.write_text(HANGS.format(line))
    return Exam(from_file(path, ("replace_in_place",)), random.Random(1))


def examined_large(exam: Exam, monkeypatch: pytest.MonkeyPatch) -> Finding:
    monkeypatch.setattr(requirements, "LARGE_DEADLINE", 1.5)
    return requirements._examine_large(exam)


def test_a_hang_names_the_call(tmp_path: Path) -> None:
    exam = exam_of(tmp_path, "print('x' * 100_000)")
    problem = requirements._trouble(exam, exam.run(call_each, CASES, deadline=1.0), CASES)
    assert problem is not None
    assert problem.diagnosis == "hang"
    assert problem.evidence.startswith(
        "replace_in_place('file', b'two', b'one') on a file of 3 bytes"
    )


def test_the_watcher_is_no_process_of_the_solution(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = examined_large(exam_of(tmp_path, "pass"), monkeypatch)
    assert found.diagnosis == "hang"
    assert found.evidence.startswith("A file of 64 MiB with ")
    assert "orphan" not in found.evidence


def test_a_copy_that_takes_all_the_time_is_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = examined_large(exam_of(tmp_path, "copy = open(path, 'rb').read()"), monkeypatch)
    assert found.diagnosis == "forbidden-shortcut"
