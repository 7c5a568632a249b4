"""What has a learner done so far? One small file, readable as it is:

{"exercises": {"9": {"passed": "2025-03-01", "prediction": "b", "hints": 1}}}

Several notebooks may write it at once: whoever changes it holds a lock from reading to replacing.
Readers need none, because the file is replaced at one instant (man 2 rename).
"""

from __future__ import annotations

import datetime
import json
import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

LOCK_TIMEOUT = 5.0  # seconds


def learner_root() -> Path:
    """Where work/ is: $IPCLAB_HOME, else the nearest parent with notebooks/, else XDG data."""
    if home := os.environ.get("IPCLAB_HOME"):
        return Path(home).expanduser().resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "notebooks").is_dir():
            return folder
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "ipclab"


def progress_file() -> Path:
    """The file that keeps a learner's progress."""
    return learner_root() / "work" / "progress.json"


def of_exercise(number: int) -> dict[str, Any]:
    """What is kept about one exercise: any of "passed", "prediction", "hints", "explanation"."""
    try:
        return _entry(_read(progress_file()) or {}, number)
    except OSError:
        return {}


def record(number: int, **facts: Any) -> None:
    """Keep `facts` about one exercise. A folder that can't be written to is a warning, no error."""
    update(number, lambda kept: facts)


def record_pass(number: int) -> None:
    """Keep the day on which an exercise was first passed."""
    today = datetime.date.today().isoformat()
    update(number, lambda kept: {"passed": kept.get("passed", today)})


def update(number: int, change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """Keep what `change` makes of the facts kept so far; nobody else writes in between.

    Returns all facts about the exercise. As `record`, it warns when they can't be written.
    """
    from filelock import FileLock, Timeout

    path = progress_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=LOCK_TIMEOUT):
            progress = _read(path)
            if progress is None:
                _set_aside(path)
                progress = {}
            kept = _entry(progress, number)
            facts = {**kept, **change(kept)}
            if facts != kept:
                progress.setdefault("exercises", {})[str(number)] = facts
                _write(path, progress)
            return facts
    except (OSError, Timeout) as error:
        warnings.warn(
            f"Your progress could not be saved in {path}: {error}. Set IPCLAB_HOME to a folder that"
            " you may write to.",
            stacklevel=3,
        )
        return change({})


def _entry(progress: dict[str, Any], number: int) -> dict[str, Any]:
    entry = progress.get("exercises", {}).get(str(number))
    return entry if isinstance(entry, dict) else {}


def _read(path: Path) -> dict[str, Any] | None:
    """What the file holds; None if it is damaged. Raises OSError when it can't be read."""
    try:
        progress = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):
        return None
    if isinstance(progress, dict) and isinstance(progress.get("exercises", {}), dict):
        return progress
    return None


def _set_aside(path: Path) -> None:
    """Rename a damaged file, to a new name each time. Only under the lock."""
    damaged, number = path.with_name("progress.damaged.json"), 1
    while damaged.exists():
        number += 1
        damaged = path.with_name(f"progress.damaged-{number}.json")
    os.replace(path, damaged)
    warnings.warn(f"{path} was damaged; it is kept as {damaged.name}.", stacklevel=4)


def _write(path: Path, progress: dict[str, Any]) -> None:
    """Replace the file at once: a reader sees the old one or the new one, also after a crash."""
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, prefix=".progress", delete=False
    ) as file:
        try:
            json.dump(progress, file, indent=1, sort_keys=True)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
