"""What has a learner done so far? One small file, readable as it is:

{"exercises": {"9": {"passed": "2025-03-01", "prediction": "b", "hints": 1}}}
"""

from __future__ import annotations

import datetime
import json
import os
import tempfile
import warnings
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
    """What is kept about one exercise: any of "passed", "prediction", "hints"."""
    return _entry(_read(progress_file()), number)


def record(number: int, **facts: Any) -> None:
    """Keep `facts` about one exercise. A folder that can't be written to is a warning, no error."""
    from filelock import FileLock, Timeout

    path = progress_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=LOCK_TIMEOUT):
            progress = _read(path)
            exercises = progress.setdefault("exercises", {})
            exercises[str(number)] = {**_entry(progress, number), **facts}
            _write(path, progress)
    except (OSError, Timeout) as error:
        warnings.warn(
            f"Your progress could not be saved in {path}: {error}. Set IPCLAB_HOME to a folder that"
            " you may write to.",
            stacklevel=2,
        )


def record_pass(number: int) -> None:
    """Keep the day on which an exercise was first passed."""
    if "passed" not in of_exercise(number):
        record(number, passed=datetime.date.today().isoformat())


def _entry(progress: dict[str, Any], number: int) -> dict[str, Any]:
    entry = progress.get("exercises", {}).get(str(number))
    return entry if isinstance(entry, dict) else {}


def _read(path: Path) -> dict[str, Any]:
    try:
        progress = json.loads(path.read_bytes())
        if isinstance(progress, dict) and isinstance(progress.get("exercises", {}), dict):
            return progress
    except OSError:
        return {}
    except (ValueError, RecursionError):
        pass
    _set_aside(path)
    return {}


def _set_aside(path: Path) -> None:
    damaged = path.with_name("progress.damaged.json")
    try:
        os.replace(path, damaged)
    except OSError:
        return
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
