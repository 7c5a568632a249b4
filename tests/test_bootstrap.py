"""tools/bootstrap: a failed set-up says in plain words what is missing and leaves no .venv."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
NEEDED = ["tools/bootstrap", "tools/lab_overrides.json", "pyproject.toml", "README.md", "LICENSE"]
DEADLINE = 60  # seconds


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose locks ask for nothing, so that no test reaches the network."""
    root = tmp_path / "a checkout"
    for name in NEEDED:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(CHECKOUT / name, root / name)
    for name in ("requirements.lock", "requirements-dev.lock"):
        (root / name).touch()
    return root


@pytest.fixture
def python_with(tmp_path: Path) -> Callable[..., Path]:
    """Make an interpreter that runs a module of ours first, or a shell command for `-m venv`."""

    def make(module: str = "sitecustomize", code: str = "", venv_command: str = "") -> Path:
        (tmp_path / f"{module}.py").write_text(code)
        program = tmp_path / "python3"
        program.write_text(
            "#!/bin/sh\n"
            f'if [ "$1 $2" = "-m venv" ]; then {venv_command or ":"}; fi\n'
            f'PYTHONPATH="{tmp_path}" exec "{sys.executable}" "$@"\n'
        )
        program.chmod(0o755)
        return program

    return make


def start(
    root: Path, python: Path | str = sys.executable, kind: str = "learner", **environment: str
):
    # A shell cannot trap a signal that was ignored when it started, as SIGINT is in background jobs.
    return subprocess.Popen(
        ["env", "--default-signal=INT", root / "tools/bootstrap", kind],
        env={**os.environ, "PYTHON": str(python), "PIP_NO_INDEX": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    try:
        output, _ = process.communicate(timeout=DEADLINE)
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return process.returncode, output


def bootstrap(root: Path, python: Path | str = sys.executable, **environment: str):
    return finish(start(root, python, **environment))


def test_missing_ensurepip_names_the_package(checkout, python_with) -> None:
    status, output = bootstrap(checkout, python_with("ensurepip", "raise ImportError"))
    assert status == 1
    assert "sudo apt-get install python3-venv" in output
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("version", [(3, 10), (3, 14)])
def test_unsuited_version_names_the_suited_ones(checkout, python_with, version) -> None:
    python = python_with(code=f"import sys; sys.version_info = (*{version}, 0, 'final', 0)")
    status, output = bootstrap(checkout, python)
    assert status == 1
    assert "needs Python 3.11, 3.12 or 3.13" in output
    assert f"is version {version[0]}.{version[1]}" in output
    assert not (checkout / ".venv").exists()


def test_absent_python(checkout) -> None:
    status, output = bootstrap(checkout, "/nowhere/python3")
    assert status == 1
    assert "/nowhere/python3 cannot be run" in output


def test_full_disk(checkout, tmp_path) -> None:
    (tmp_path / "df").write_text("#!/bin/sh\necho\necho /dev/x 9 2 7 3% /\n")
    (tmp_path / "df").chmod(0o755)
    status, output = bootstrap(checkout, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert status == 1
    assert "has 7 MB of free disk space" in output
    assert not (checkout / ".venv").exists()


def test_failing_venv_leaves_nothing(checkout, python_with) -> None:
    python = python_with(venv_command='mkdir -p "$3/bin"; echo "no such luck" >&2; exit 1')
    status, output = bootstrap(checkout, python)
    assert status == 1
    assert "no such luck" in output
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_build_leaves_nothing(checkout, python_with, number) -> None:
    process = start(checkout, python_with(venv_command='mkdir "$3/bin"; echo begun; exec sleep 60'))
    try:
        assert any("begun" in line for line in process.stdout)
    finally:
        os.killpg(process.pid, number)
        status, _ = finish(process)
    assert status == 128 + number
    assert not (checkout / ".venv").exists()


def test_a_venv_of_somebody_else_stays(checkout) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "mine").touch()
    status, output = bootstrap(checkout)
    assert status == 1
    assert "Move it away" in output
    assert (checkout / ".venv" / "mine").exists()


def test_a_second_call_waits_for_the_first(checkout) -> None:
    directory = os.open(checkout, os.O_RDONLY)
    fcntl.flock(directory, fcntl.LOCK_EX)
    process = start(checkout, "/nowhere/python3")
    try:
        assert "waiting for it" in process.stdout.readline()
    finally:
        os.close(directory)
        status, _ = finish(process)
    assert status == 1


@pytest.mark.slow
def test_what_pip_cannot_install_leaves_nothing(checkout) -> None:
    lock = "no-such-package==1.0 --hash=sha256:" + "0" * 64 + "\n"
    (checkout / "requirements.lock").write_text(lock)
    status, output = bootstrap(checkout)
    assert status == 1
    assert "no-such-package" in output
    assert "It needs the network this one time" in output
    assert not (checkout / ".venv").exists()
