"""What the tests of ipclab.ipc share: fresh interpreters, and a look at what each test leaves."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)
sys.path.insert(0, HERE)  # makes `leftovers` importable

from leftovers import children, descriptors  # noqa: E402

Script = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    before = descriptors(), children()
    yield
    # What an earlier test forgot may be closed meanwhile, by the garbage collector.
    assert descriptors().items() <= before[0].items()
    assert set(children()) <= set(before[1])


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Run lines of Python in a fresh interpreter, started by the given line of shell."""

    def run_script(source: str, *arguments: str, shell: str = 'exec "$@"') -> object:
        path = tmp_path / "script.py"
        path.write_text(f"import sys\nsys.path.insert(0, {HERE!r})\n{source}")
        command = ["/bin/sh", "-c", shell, "sh", sys.executable, str(path), *arguments]
        # Unbuffered output could not come twice, and the tests of that would pass for no reason.
        env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, env=env)
        assert done.returncode == 0, done.stderr
        return done

    return run_script
