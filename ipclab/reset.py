"""`ipclab reset 9`: how does a learner begin a notebook anew, without losing a line of the old one?"""

from __future__ import annotations

import difflib
import os
import sys
from argparse import Namespace
from pathlib import Path

from ipclab import start
from ipclab.exercises import SLUGS
from ipclab.exercises.state import learner_root

RELOAD = (
    "  If it is open in JupyterLab, choose File, Reload Notebook from Disk, and do not save before."
)


class UnknownNotebook(LookupError):
    """No notebook of the course goes by that name; the text lists those that exist."""


def find(which: str) -> Path:
    """The notebook of the course with this number ("9", "00a"), exercise slug or file name.

    Raises UnknownNotebook.
    """
    notebooks = sorted(start.COURSE.glob("*.ipynb"))
    wanted = Path(which).name.removesuffix(".ipynb")
    wanted = next((str(number) for number, slug in SLUGS.items() if slug == wanted), wanted)
    for notebook in notebooks:
        if wanted == notebook.stem or _number(wanted) == _number(notebook.stem.partition("_")[0]):
            return notebook
    near = difflib.get_close_matches(wanted, [notebook.stem for notebook in notebooks], 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    names = ", ".join(notebook.stem for notebook in notebooks) or "none"
    raise UnknownNotebook(f"there is no notebook {which!r}. These exist: {names}.{hint}")


def _number(text: str) -> str:
    """A notebook's number as people write it: "09" and "9" are the same, "0" and "00" too."""
    return text.lstrip("0") or text[:1]


def save(notebook: Path) -> Path:
    """Rename a learner's notebook to a name that was free; returns the new path. Raises OSError.

    An empty file takes the name first, so that no other file can be overwritten. The rename is one
    instant: whatever a notebook server has saved until then moves along.
    """
    number = 1
    while True:
        saved = notebook.with_name(f"{notebook.stem}-saved-{number}.ipynb")
        try:
            os.close(os.open(saved, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            break
        except FileExistsError:
            number += 1
    try:
        os.rename(notebook, saved)
    except OSError:
        saved.unlink()
        raise
    return saved


def renew(source: Path, target: Path) -> Path | None:
    """Put the pristine notebook in the place of the learner's; returns where that is kept now.

    None: there was nothing to keep. Raises OSError; then the learner's notebook has its old name.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if start.copy_unless_there(source, target) or _is_pristine(source, target):
        return None
    saved = save(target)
    try:
        copied = start.copy_unless_there(source, target)
    except OSError:
        os.link(saved, target)
        saved.unlink()
        raise
    # Not copied: a notebook server has saved it once more at this very moment. That is kept, too.
    return saved if copied else renew(source, target)


def _is_pristine(source: Path, target: Path) -> bool:
    pristine = start.without_outputs(source.read_text(encoding="utf-8"))
    return target.read_bytes() == pristine.encode()


def reset(options: Namespace) -> int:
    """Begin a notebook anew; exit status 0, or 2 if that failed."""
    work = learner_root() / "work"
    try:
        source = find(options.notebook)
        saved = renew(source, work / source.name)
    except UnknownNotebook as error:
        print(f"ipclab reset: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"ipclab reset: cannot begin the notebook anew in {work}: {error}", file=sys.stderr)
        print("  Nothing of yours was removed.", file=sys.stderr)
        return 2
    print(f"{work / source.name} is as the course has it.")
    if saved:
        print(f"  What you wrote is in {saved.name}. Your progress stays.")
        print(RELOAD)
    return 0
