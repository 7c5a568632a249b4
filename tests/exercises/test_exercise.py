"""Does an exercise behave the same for a learner in a notebook and a grader in a shell?"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from doubling import DOUBLE, PAIR
from report_schema import validate

from ipclab import exercises
from ipclab.exercises import Exercise, commands, exercise, state
from ipclab.exercises.checking import Requirement, failed, passed
from ipclab.exercises.diagnoses import DIAGNOSES
from ipclab.exercises.report import Report

RIGHT = "def double(n): return 2 * n\n"
STUB = 'def double(n):\n    """Twice n."""\n    raise NotImplementedError\n'
BOX = "class Box:\n    def __init__(self, c): self.c = c\n    def get(self): return self.c\n"
BOX_STUB = "class Box:\n    def get(self): raise NotImplementedError\n"


def checked(folder: Path, text: str, each: Exercise = DOUBLE, **options: Any) -> Report:
    path = folder / "solution.py"
    path.write_text(text)
    report = each.check_file(path, **options)
    validate(json.loads(report.to_json()))
    return report


def first_failure(report: Report) -> tuple[str, str | None, str]:
    result = report.first_failure
    assert result is not None
    return result.name, result.diagnosis, result.evidence


# Verdicts


def test_right_solution_passes_although_something_could_not_be_examined(tmp_path: Path) -> None:
    report = checked(tmp_path, RIGHT)
    assert report
    assert [each.status for each in report.requirements] == ["pass", "pass", "skipped"]
    assert not report.leaks


def test_failed_prerequisite_skips_what_needs_it(tmp_path: Path) -> None:
    report = checked(tmp_path, "def double(n): return 3 * n")
    assert report.verdict == "fail"
    assert [each.status for each in report.requirements] == ["fail", "skipped", "skipped"]
    assert report.requirements[1].evidence == 'needs "doubles any number"'


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "diagnosis", "words"),
    [
        ("def double(n): return None", "wrong-result", "returned None"),
        ("def double(n): return 'x' * 9999", "wrong-result", "characters left out"),
        ("class N(int):\n    def __eq__(self, other): return True\n"
         "def double(n): return N(3)", "wrong-result", "returned"),
        ("def double(n): return 1 / 0", "exception", "line 1, in double"),
        ("def double(n): raise SystemExit(0)", "exception", "SystemExit"),
        ("def double(n): raise KeyboardInterrupt", "exception", "KeyboardInterrupt"),
        ("class E(BaseException):\n    def __str__(self): raise self\n"
         "def double(n): raise E", "exception", "It raised"),
        ("def double(n): raise ValueError('\\x1b[2J\\x07')", "exception", "\\x1b[2J\\x07"),
        ("import os\ndef double(n): os._exit(0)", "exception", "exit status 0"),
        ("import os\ndef double(n): os.abort()", "exception", "SIGABRT"),
        ("import os\ndef double(n): os.kill(0, 9)", "exception", "SIGKILL"),
        ("import os\ndef double(n):\n    if os.fork(): os.wait()\n    return 2 * n", "child-escapes", "fork"),
        ("import os\ndef double(n):\n    r, w = os.pipe()\n    return os.read(r, 1)",
         "write-end-left-open", "read"),
        ("def double(n): raise NotImplementedError if n else ValueError", "exception", "Not"),
        ("import os\ndef double(n):\n    os.closerange(0, 256)\n    return 3", "wrong-result", "3"),
    ],
)  # fmt: skip
def test_wrong_solution(tmp_path: Path, text: str, diagnosis: str, words: str) -> None:
    report = checked(tmp_path, text)
    assert report.verdict == "fail"
    name, found, evidence = first_failure(report)
    assert (name, found) == ("doubles any number", diagnosis)
    assert words in evidence


def test_output_of_a_solution_changes_nothing(tmp_path: Path) -> None:
    assert checked(tmp_path, 'print(\'{"verdict": "fail"}\' * 100_000)\n' + RIGHT)


def test_fake_results_of_a_wrong_solution_do_not_pass(tmp_path: Path) -> None:
    text = "import sys\ndef double(n):\n    sys.modules['ipclab.exercises.solutions'] = None\n    return '2'"
    assert not checked(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import nowhere_to_be_found", "No module named 'nowhere_to_be_found'"),
        ("def double(n): (", "line 1"),
        ("raise SystemExit(0)", "SystemExit"),
        ("import os; os._exit(0)", "exit status 0"),
        ("def doubel(n): return 2 * n", "It has doubel: did you mean double?"),
        ("", "It defines no double"),
        ("double = 84", "double is of type int"),
        ("double: int", "It defines no double"),
    ],
)
def test_solution_that_cannot_be_examined(tmp_path: Path, text: str, words: str) -> None:
    report = checked(tmp_path, text)
    assert report.verdict == "error" and len(report.requirements) == 1
    assert words in first_failure(report)[2]


@pytest.mark.slow
def test_solution_that_hangs_at_its_top_level(tmp_path: Path) -> None:
    report = checked(tmp_path, "import threading\nthreading.Event().wait()\n" + RIGHT)
    assert report.verdict == "error"
    assert first_failure(report)[1] in DIAGNOSES


def test_stub_is_still_to_do(tmp_path: Path) -> None:
    report = checked(tmp_path, STUB)
    assert report.verdict == "todo" and not report
    assert {each.status for each in report.requirements} == {"todo"}
    assert checked(tmp_path, STUB + BOX_STUB, PAIR).verdict == "todo"


def test_one_stub_among_several_is_a_failure(tmp_path: Path) -> None:
    report = checked(tmp_path, RIGHT + BOX_STUB, PAIR)
    assert report.verdict == "fail"
    assert "Box is still a stub." in first_failure(report)[2]
    assert checked(tmp_path, RIGHT + BOX, PAIR)


def test_one_stub_and_one_missing_is_an_error(tmp_path: Path) -> None:
    assert checked(tmp_path, STUB, PAIR).verdict == "error"


def test_same_file_is_examined_in_the_same_way_and_a_seed_replays(tmp_path: Path) -> None:
    text = "def double(n): return 3 * n"
    first, again = checked(tmp_path, text), checked(tmp_path, text)
    other = checked(tmp_path, text, seed=first.seed + 1)
    assert (str(first), first.seed) == (str(again), again.seed)
    assert other.seed == first.seed + 1 and str(other) != str(first)
    assert str(checked(tmp_path, text, seed=other.seed)) == str(other)


def test_defect_of_a_check_is_a_failure_that_says_so(tmp_path: Path) -> None:
    def broken(exam: object) -> Any:
        raise KeyError("result")

    each = with_requirements(Requirement("is broken", broken))
    assert "KeyError: 'result'" in first_failure(checked(tmp_path, RIGHT, each))[2]


@pytest.mark.slow
def test_hanging_again_and_again_is_cut_short(tmp_path: Path) -> None:
    from doubling import call_double

    def hangs(exam: Any) -> Any:
        return exam.trouble(exam.run(call_double, 1, deadline=0.3)) or passed("it ended")

    each = with_requirements(*(Requirement(f"ends {number}", hangs) for number in range(5)))
    report = checked(tmp_path, "def double(n):\n    while True: pass", each)
    assert [each.status for each in report.requirements] == ["fail"] * 2 + ["skipped"] * 3


@pytest.mark.slow
def test_not_every_leak_is_named(tmp_path: Path) -> None:
    text = "def double(n):\n for i in range(30): open(f'/tmp/left-{n}-{i}', 'w').close()\n return 2 * n"
    leaks = checked(tmp_path, text).leaks
    assert len(leaks) == 21
    assert re.fullmatch(r"and \d+ more", leaks[-1])


def test_schedule_of_the_first_failure_is_kept(tmp_path: Path) -> None:
    each = with_requirements(
        Requirement("one", lambda exam: failed("lost-update", "a", schedule="0.1.0")),
        Requirement("two", lambda exam: failed("torn-read", "b", schedule="1.1")),
    )
    assert checked(tmp_path, RIGHT, each).schedule == "0.1.0"


def with_requirements(*requirements: Requirement) -> Exercise:
    return Exercise(96, "other", "Other", 1, ("double",), STUB, "", ("a",), "os", requirements)


def test_requirements_must_stand_in_order() -> None:
    with pytest.raises(ValueError, match="must stand above it"):
        with_requirements(Requirement("one", lambda exam: passed(""), needs=("two",)))
    with pytest.raises(ValueError, match="must be new"):
        with_requirements(*[Requirement("one", lambda exam: passed(""))] * 2)


# In a notebook


def test_check_of_objects() -> None:
    def double(n: int) -> int:
        return n + n

    assert DOUBLE.check(double)
    assert DOUBLE.check(lambda n: 2 * n)
    report = DOUBLE.check(len)
    assert report.verdict == "error" and "len is not part of this exercise" in str(report)
    assert DOUBLE.check().verdict == "error"


def test_untouched_stub_is_to_do_and_raises_nothing() -> None:
    def double(n: int) -> int:
        """Twice n."""
        raise NotImplementedError

    assert DOUBLE.check(double).verdict == "todo"


def test_exercise_reads_the_same_in_every_state() -> None:
    before = repr(DOUBLE), DOUBLE._repr_markdown_()
    assert "Doubling ★ (1 of 3 stars)" in before[0] and "def double(n):" in before[1]
    DOUBLE.check(lambda n: 2 * n)
    DOUBLE.predict("b")
    assert (repr(DOUBLE), DOUBLE._repr_markdown_()) == before


def test_run_judges_nothing() -> None:
    assert DOUBLE.run(divmod, 7, 2).value == (3, 1)
    assert DOUBLE.run(divmod, 7, 2).trace is None
    assert DOUBLE.run(divmod, 7, 2, trace=True).trace is not None


def test_hints_come_one_by_one_and_the_last_one_stays() -> None:
    shown = [repr(DOUBLE.hint()) for _ in range(3)]
    assert shown[0] == "Hint 1 of 2: An operator does it."
    assert shown[1] == shown[2]
    assert "last hint" in shown[1]


def test_solution_is_shown_after_passing_or_giving_up() -> None:
    assert "when your own has passed" in repr(DOUBLE.solution())
    assert "def title(" in repr(DOUBLE.solution(give_up=True))
    DOUBLE.check(lambda n: 2 * n)
    assert "def title(" in repr(DOUBLE.solution())
    assert "class Report" in repr(PAIR.solution(give_up=True))


def test_prediction_is_kept() -> None:
    assert DOUBLE.prediction is None
    assert repr(DOUBLE.predict("b")) == "Your prediction is kept: (b) it does not. Now find out."
    assert DOUBLE.prediction == "b"
    with pytest.raises(ValueError, match='They are "a": it overflows; "b": it does not'):
        DOUBLE.predict("c")
    assert DOUBLE.prediction == "b"


# Progress


def test_progress_is_one_readable_file(learner_home: Path) -> None:
    DOUBLE.predict("a")
    DOUBLE.check(lambda n: 2 * n)
    kept = json.loads((learner_home / "work" / "progress.json").read_text())["exercises"]["98"]
    assert kept["prediction"] == "a" and len(kept["passed"]) == len("2025-03-01")


@pytest.mark.parametrize("text", ["", "not json", "[]", '{"exercises": 3}', "[" * 100_000, "\xff"])
def test_damaged_progress_is_set_aside(learner_home: Path, text: str) -> None:
    path = learner_home / "work" / "progress.json"
    path.parent.mkdir()
    path.write_text(text, encoding="latin-1")
    with pytest.warns(UserWarning, match=r"kept as progress\.damaged\.json"):
        state.record(9, hints=1)
    assert state.of_exercise(9) == {"hints": 1}
    assert path.with_name("progress.damaged.json").read_text(encoding="latin-1") == text


def test_progress_that_cannot_be_written_is_a_warning(learner_home: Path) -> None:
    (learner_home / "work").write_text("a file")
    with pytest.warns(UserWarning, match="Set IPCLAB_HOME"):
        assert DOUBLE.check(lambda n: 2 * n)


def _record_many(start: int) -> None:
    for number in range(start, start + 20):
        state.record(number, hints=number)


def test_progress_of_two_notebooks_at_once(learner_home: Path) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_record_many, args=(start,)) for start in (0, 100)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    kept = json.loads(state.progress_file().read_text())["exercises"]
    assert len(kept) == 40


def test_root_of_a_learner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IPCLAB_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "clone" / "work" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "clone" / "work" / "deep")
    assert state.learner_root() == tmp_path / "data" / "ipclab"
    (tmp_path / "clone" / "notebooks").mkdir()
    assert state.learner_root() == tmp_path / "clone"


# The registry and the command


def test_unknown_exercise_lists_those_that_exist() -> None:
    with pytest.raises(LookupError, match=r"9 \(pipe-buffering\).*Did you mean \"capture\"\?"):
        exercise("captur")
    with pytest.raises(LookupError, match="There is no exercise 77"):
        exercise(77)


def test_package_keeps_its_function() -> None:
    from ipclab.exercises.exercise import Exercise as again

    assert again is Exercise and callable(exercises.exercise)


@pytest.fixture
def check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, list[dict[str, Any]]]]:
    """Runs `ipclab check … --json` on the two small exercises: exit status and objects."""
    found = {98: DOUBLE, 97: PAIR}
    monkeypatch.setattr(commands, "SLUGS", {98: "double", 97: "pair"})
    monkeypatch.setattr(
        commands,
        "exercise",
        lambda which: found[int(which)] if str(which) in "98 97" else exercise(which),
    )

    def run_check(
        which: str, path: Path, seed: int | None = None
    ) -> tuple[int, list[dict[str, Any]]]:
        arguments = argparse.Namespace(exercise=which, path=str(path), json=True, seed=seed)
        status = commands.check(arguments)
        objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        for each in objects:
            validate(each)
        return status, objects

    return run_check


@pytest.mark.parametrize(
    ("text", "status", "verdict"),
    [
        (RIGHT, 0, "pass"),
        ("def double(n): return 3", 1, "fail"),
        ("def double(n: 3", 2, "error"),
        (STUB, 3, "todo"),
        ("print('noise')\nimport os\nos.write(1, b'noise')\n" + RIGHT, 0, "pass"),
    ],
)
def test_exit_status(check: Any, tmp_path: Path, text: str, status: int, verdict: str) -> None:
    path = tmp_path / "solution.py"
    path.write_text(text)
    found, (report,) = check("98", path, seed=5)
    assert (found, report["verdict"]) == (status, verdict)
    assert report["seed"] == 5


def test_usage_errors_print_the_object_too(check: Any, tmp_path: Path) -> None:
    for which, path in (("98", tmp_path / "absent.py"), ("77", tmp_path), ("nonsense", tmp_path),
                        ("all", tmp_path)):  # fmt: skip
        status, (report,) = check(which, path)
        assert (status, report["verdict"]) == (2, "error")


def test_all_prints_one_object_an_exercise_and_chooses_the_file(check: Any, tmp_path: Path) -> None:
    (tmp_path / "98_double.py").write_text(STUB)
    (tmp_path / "attempt.py").write_text(RIGHT)
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "a.py").write_text("def double(n): return 3")
    (tmp_path / "broken.ipynb").write_text("{")
    cells = [{"cell_type": "code", "source": text} for text in (BOX, RIGHT)]
    (tmp_path / "97_pair.ipynb").write_text(json.dumps({"cells": cells}))
    status, reports = check("all", tmp_path)
    assert [(each["exercise"], each["verdict"]) for each in reports] == [(98, "pass"), (97, "pass")]
    assert status == 0


def test_all_reports_the_worst(check: Any, tmp_path: Path) -> None:
    (tmp_path / "98.py").write_text(STUB)
    assert check("all", tmp_path)[0] == 2  # exercise 97 finds its `double`, but no `Box`
    (tmp_path / "97.py").write_text(STUB + BOX_STUB)
    assert check("all", tmp_path)[0] == 3
    (tmp_path / "97.py").write_text(RIGHT + BOX_STUB)
    assert check("all", tmp_path)[0] == 1


def test_only_own_work_counts_as_progress(check: Any, tmp_path: Path, learner_home: Path) -> None:
    (tmp_path / "solution.py").write_text(RIGHT)
    assert check("98", tmp_path / "solution.py")[0] == 0
    assert "passed" not in state.of_exercise(98)
    (learner_home / "work").mkdir()
    (learner_home / "work" / "98.py").write_text(RIGHT)
    assert check("98", learner_home / "work")[0] == 0
    assert "passed" in state.of_exercise(98)


def test_verdict_on_a_terminal_without_unicode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    screen = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", screen)
    commands._show(checked(tmp_path, RIGHT), tmp_path, as_json=False)
    screen.flush()
    assert b"PASS" in screen.buffer.getvalue()  # type: ignore[attr-defined]
