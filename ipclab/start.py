"""`ipclab start`: where does a learner work, without ever losing a line?

The notebooks in notebooks/ are the course as published. A learner works in copies, in work/.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from argparse import Namespace
from pathlib import Path

from ipclab.exercises.state import learner_root

COURSE = Path(__file__).resolve().parent.parent / "notebooks"


def without_outputs(text: str) -> str:
    """A notebook as it is before it has run: the learner predicts before anything is shown."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
            cell["execution_count"] = None
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def copy_unless_there(source: Path, target: Path) -> bool:
    """Copy a notebook; False if the target exists, which is then left alone.

    link(2) fails when the name is taken, so two calls at once cannot overwrite each other either,
    and an interrupted one leaves no half notebook.
    """
    if os.path.lexists(target):
        return False
    text = without_outputs(source.read_text(encoding="utf-8"))
    with tempfile.NamedTemporaryFile(mode="w", encoding="utf-8", dir=target.parent) as copy:
        copy.write(text)
        copy.flush()
        os.fchmod(copy.fileno(), 0o644)
        try:
            os.link(copy.name, target)
        except FileExistsError:
            return False
    return True


def first_notebook(work: Path) -> Path:
    """The notebook to open: the first of the course that is there, else the directory."""
    names = sorted(source.name for source in COURSE.glob("*.ipynb"))
    return next((work / name for name in names if (work / name).exists()), work)


def start(options: Namespace) -> int:
    """Copy what is missing in work/, say what was done; exit status 0, or 2 if that failed."""
    work = learner_root() / "work"
    if options.where:
        print(first_notebook(work))
        return 0
    sources = sorted(COURSE.glob("*.ipynb"))
    if not sources:
        print(f"ipclab start: no notebooks in {COURSE}.", file=sys.stderr)
        print("  Run `make lab` in a clone of the course; it installs from there.", file=sys.stderr)
        return 2
    try:
        work.mkdir(parents=True, exist_ok=True)
        copied = [s.name for s in sources if copy_unless_there(s, work / s.name)]
    except OSError as error:
        print(f"ipclab start: cannot copy the notebooks to {work}: {error}", file=sys.stderr)
        print("  Set IPCLAB_HOME to a directory that you may write to.", file=sys.stderr)
        return 2
    kept = len(sources) - len(copied)
    print(f"{work}: notebooks copied: {len(copied)}; already there, left as they are: {kept}")
    return 0
