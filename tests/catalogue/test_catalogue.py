"""The checkers are themselves checked: each solution of the catalogue gets the verdict it should."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from entries import Entry, entries, one_for_each_diagnosis
from report_schema import validate

from ipclab import exercise
from ipclab.exercises.diagnoses import diagnosis
from ipclab.exercises.report import Report

VERDICTS = {"pass", "fail", "error"}
TIMES = 20  # so often must a right solution pass, one time after the other
PATIENCE = 110  # seconds for one command; the machine may be busy

RIGHT, WRONG, HOSTILE = entries("right"), entries("wrong"), entries("hostile")
# What a learner may well do by mistake, and what would do most harm.
WORST = {
    *("e09_daemon", "e09_fake_report", "e09_kills_everything", "e09_stops_its_parent"),
    *("e12_escaping_children", "e12_fork_bomb_of_daemons", "e12_kills_its_session"),
}

pytestmark = pytest.mark.slow


def cases(all_of_them: list[Entry], usual: set[Entry]) -> list[object]:
    """The entries as parameters; those that are not usual are for the long run."""
    return [
        pytest.param(entry, id=entry.name, marks=[] if entry in usual else [pytest.mark.long])
        for entry in all_of_them
    ]


def check(entry: Entry) -> Report:
    return exercise(entry.exercise).check_file(entry.path)


@pytest.mark.parametrize("entry", cases(RIGHT, set(RIGHT)))
def test_a_right_solution_passes(entry: Entry) -> None:
    report = check(entry)
    assert report, str(report)
    assert report.leaks == ()


@pytest.mark.long
@pytest.mark.timeout(TIMES * 60)
@pytest.mark.parametrize("entry", cases(RIGHT, set(RIGHT)))
def test_a_right_solution_passes_every_time(entry: Entry) -> None:
    for _ in range(TIMES):
        report = check(entry)
        assert report, str(report)


@pytest.mark.parametrize("entry", cases(WRONG, one_for_each_diagnosis(WRONG)))
def test_a_wrong_solution_fails_with_the_right_name(entry: Entry) -> None:
    report = check(entry)
    assert report.verdict == "fail", str(report)
    assert report.first_failure is not None
    assert report.first_failure.diagnosis in entry.answers, str(report)


@pytest.mark.parametrize("entry", cases(HOSTILE, {each for each in HOSTILE if each.name in WORST}))
def test_a_hostile_solution_is_judged_and_nothing_is_left(entry: Entry, tmp_path: Path) -> None:
    harmless = next(each for each in RIGHT if each.name == "e09_class_probe")
    judged, then = checked_apart([entry, harmless], tmp_path)
    assert judged["verdict"] in (entry.answers or VERDICTS), judged
    assert then["verdict"] == "pass", then
    assert processes_with(str(tmp_path)) == []
    assert left_in_shared_folders() == []
    assert os.listdir(tmp_path / "tmp") == []


def checked_apart(chosen: list[Entry], home: Path) -> list[dict[str, object]]:
    """Check in one process of its own; its standard output holds the reports and nothing else."""
    script = (
        "import sys; from ipclab import exercise\n"
        "for path in sys.argv[1:]:\n"
        "    print(exercise(int(path.split('/')[-1][1:3])).check_file(path).to_json(), flush=True)\n"
    )
    paths = [str(entry.path) for entry in chosen]
    done = run_in(home, [sys.executable, "-c", script, *paths])
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert (len(reports), done.returncode) == (len(chosen), 0), done.stderr
    for report in reports:
        validate(report)
    return reports


def run_in(home: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command; all processes that come from it carry the name of `home`."""
    (home / "tmp").mkdir()
    environment = {**os.environ, "IPCLAB_HOME": str(home), "TMPDIR": str(home / "tmp")}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, env=environment
    )


def processes_with(text: str) -> list[str]:
    """The command lines of processes in whose environment a text stands (man 5 proc_pid_environ)."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if text.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text())
        except OSError:  # it has ended meanwhile, or is somebody else's
            continue
    return found


def left_in_shared_folders() -> list[str]:
    """Other tests use these folders too; what a hostile solution makes bears its own name."""
    names = [*os.listdir("/dev/shm"), *os.listdir("/tmp")]
    return [name for name in names if "ipclab-hostile" in name]


@pytest.mark.parametrize(
    "name, verdict, status",
    [
        ("right/e09_writev", "pass", 0),
        ("wrong/e09_chunk_3000", "fail", 1),
        ("hostile/e09_import_fake_report", "error", 2),
    ],
)
def test_the_command_says_the_same(name: str, verdict: str, status: int, tmp_path: Path) -> None:
    path = Path(__file__).parent / f"{name}.py"
    done = run_in(tmp_path, [sys.executable, "-m", "ipclab", "check", "9", str(path), "--json"])
    [line] = done.stdout.splitlines()
    report = json.loads(line)
    validate(report)
    assert (report["verdict"], done.returncode) == (verdict, status), line
    assert processes_with(str(tmp_path)) == []


def test_the_first_lines_are_well_formed() -> None:
    assert [entry.name for entry in RIGHT if not entry.answers] == []
    assert [entry.name for entry in HOSTILE if not VERDICTS.issuperset(entry.answers)] == []
    assert {entry.name for entry in HOSTILE} > WORST
    for entry in WRONG:
        assert entry.answers, entry.name
        assert len(set(entry.answers)) == len(entry.answers), entry.name
        for word in entry.answers:
            diagnosis(word)  # ValueError for one outside the vocabulary
