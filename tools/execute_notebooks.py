"""Runs notebooks from top to bottom and stores their outputs in place.

    python tools/execute_notebooks.py [notebooks/09_pipe_buffering.ipynb ...]

Timing metadata is left out, so that a second run changes nothing but what was really measured.
A notebook whose cell raises is left as it was.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def execute(notebook: Path) -> bool:
    """Run one notebook as a learner with no progress yet would; report whether it succeeded."""
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace"]
    command += ["--ExecutePreprocessor.record_timing=False", "--ExecutePreprocessor.timeout=60"]
    command += ["--ExecutePreprocessor.store_widget_state=False", str(notebook)]
    with tempfile.TemporaryDirectory(prefix="ipclab-") as home:
        environment = {**os.environ, "IPCLAB_HOME": home}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
    print("ok    " if done.returncode == 0 else "FAILED", notebook.name, flush=True)
    if done.returncode != 0:
        print(done.stderr[-4000:], file=sys.stderr)
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    notebooks = [Path(argument) for argument in arguments] or sorted(NOTEBOOKS.glob("*.ipynb"))
    if not notebooks:
        print(f"no notebook in {NOTEBOOKS}")
    succeeded = [execute(notebook) for notebook in notebooks]
    return 0 if all(succeeded) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
