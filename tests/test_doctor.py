"""`ipclab doctor` tells what a machine lacks, in plain words, and what to do."""

from __future__ import annotations

import errno
import importlib
import json
import os
import platform
import resource
from pathlib import Path
from types import SimpleNamespace

import pytest

from ipclab import machine
from ipclab.cli import main
from ipclab.machine import Finding

MISSING = Finding("lacks", "/dev/shm", "not mounted", "Mount it.\nThen try again.")
SUBJECTS = (
    *("Python", "packages", "kernel", "container", "working folder", "shared memory"),
    *("named semaphores", "new processes", "sandbox", "pipes", "strace", "Chromium"),
)


def test_what_is_missing_is_told(monkeypatch, capsys) -> None:
    monkeypatch.setattr(machine, "CHECKS", (lambda: MISSING,))
    assert main(["doctor"]) == 1
    output = capsys.readouterr().out
    assert "lacks  /dev/shm: not mounted\n       Mount it.\n       Then try again.\n" in output
    assert "Missing: 1." in output


def test_json_holds_the_same(monkeypatch, capsys) -> None:
    monkeypatch.setattr(machine, "CHECKS", (machine.python, lambda: MISSING))
    assert main(["doctor", "--json"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert found["works"] is False and len(found["findings"]) == 2
    assert found["findings"][1] == vars(MISSING)


def test_this_machine_is_looked_at_and_nothing_is_left(capsys) -> None:
    shared = set(os.listdir("/dev/shm"))
    status = main(["doctor", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert tuple(each["subject"] for each in found["findings"]) == SUBJECTS
    assert status == (0 if found["works"] else 1)
    assert all(each["advice"] for each in found["findings"] if each["status"] != "ok")
    assert not [name for name in set(os.listdir("/dev/shm")) - shared if name.endswith("-doctor")]


def test_a_check_that_cannot_look_does_not_hide_the_others(monkeypatch, capsys) -> None:
    def odd_machine() -> Finding:
        raise PermissionError(errno.EACCES, "Permission denied", "/proc/1")

    monkeypatch.setattr(machine, "CHECKS", (odd_machine, machine.python))
    assert main(["doctor"]) == 0
    output = capsys.readouterr().out
    assert "note   odd machine: could not be looked at: PermissionError" in output
    assert "Python: " in output


@pytest.mark.parametrize(
    ("release", "status", "words"),
    [
        ("6.1.0-26-amd64", "ok", "Linux 6.1.0-26-amd64"),
        ("4.4.0-19041-Microsoft", "lacks", "WSL 1"),
        ("5.15.167.4-microsoft-standard-WSL2", "ok", "WSL 2"),
    ],
)
def test_wsl_is_recognised(monkeypatch, release: str, status: str, words: str) -> None:
    monkeypatch.setattr(platform, "release", lambda: release)
    finding = machine.kernel()
    assert finding.status == status and words in finding.observed


def test_a_small_dev_shm_is_a_note(monkeypatch) -> None:
    room = SimpleNamespace(f_frsize=4096, f_blocks=16384, f_bavail=1000)
    monkeypatch.setattr(os, "statvfs", lambda path: room)
    finding = machine.shared_memory()
    assert finding.status == "note" and "64 MiB, of which 3 are free" in finding.observed
    assert "--shm-size" in finding.advice


def test_the_sandbox_tells_its_containment(monkeypatch) -> None:
    run = importlib.import_module("ipclab.sandbox.run")  # the package's `run` is the function

    class Weaker(run.HelperProcess):
        def __init__(self) -> None:
            super().__init__("PROCESS_GROUP")

    assert machine.sandbox().status in ("ok", "note")
    monkeypatch.setattr(run, "HelperProcess", Weaker)
    finding = machine.sandbox()
    assert finding.status == "note" and "system-call filter" in finding.observed
    assert "less exactly" in finding.advice


def test_a_sandbox_that_does_not_start_is_missing(monkeypatch) -> None:
    run = importlib.import_module("ipclab.sandbox.run")

    def fails() -> None:
        raise run.SandboxError("the sandbox's helper did not start within 20 s")

    monkeypatch.setattr(run, "HelperProcess", fails)
    finding = machine.sandbox()
    assert finding.status == "lacks" and "did not start" in finding.observed


def test_a_folder_without_fifos_is_missing(monkeypatch, learner_home: Path) -> None:
    def refuse(path: str) -> None:
        raise OSError(errno.EPERM, "Operation not permitted", path)

    monkeypatch.setattr(os, "mkfifo", refuse)
    finding = machine.working_folder()
    assert finding.status == "lacks" and "IPCLAB_HOME" in finding.advice
    assert list(learner_home.iterdir()) == []


def test_a_fork_that_fails_is_missing(monkeypatch) -> None:
    def refuse() -> int:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    finding = machine.processes()
    assert finding.status == "lacks" and "ulimit -u" in finding.advice


@pytest.mark.parametrize(
    ("limit", "status", "words"),
    [(resource.RLIM_INFINITY, "ok", "no limit"), (4000, "ok", "4,000"), (50, "note", "at most 50")],
)
def test_the_limit_of_processes_is_told(monkeypatch, limit: int, status: str, words: str) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda which: (limit, limit))
    finding = machine.processes()
    assert finding.status == status and words in finding.observed


def test_missing_packages_are_named(monkeypatch) -> None:
    monkeypatch.setattr(machine, "PACKAGES", ("rich", "no_such_package"))
    finding = machine.packages()
    assert (finding.status, finding.observed) == ("lacks", "not installed: no_such_package")


def test_a_missing_program_is_a_note_with_its_package(monkeypatch) -> None:
    monkeypatch.setenv("PATH", "")
    for finding, package in ((machine.strace(), "strace"), (machine.chromium(), "chromium")):
        assert finding.status == "note" and f"apt-get install {package}" in finding.advice
