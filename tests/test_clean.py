"""`ipclab clean` removes what the course left in shared memory, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import posix_ipc
import pytest

from ipclab import clean
from ipclab.cli import main

UID = os.getuid()
OURS = (f"ipclab-{UID}-12-ring", f"sem.ipclab-{UID}-12-lock", f"ipclab-{UID}-")
OTHERS = (
    *(f"ipclab-{UID}", f"ipclab-{UID}0-12-ring", f"ipclab-x{UID}-12", "ipclab--12"),
    *(f"my-ipclab-{UID}-12", f"sem.sem.ipclab-{UID}-12", f"SEM.ipclab-{UID}-1", "sem.other"),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for /dev/shm, where other tests keep objects of the same user."""
    for name in (*OURS, *OTHERS):
        (tmp_path / name).write_bytes(bytes(4096))
    (tmp_path / f"ipclab-{UID}-folder").mkdir()
    (tmp_path / f"ipclab-{UID}-link").symlink_to("sem.other")
    monkeypatch.setattr(clean, "SHARED_MEMORY", tmp_path)
    return tmp_path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_it_removes_exactly_ours(folder: Path, capsys) -> None:
    before = names(folder)
    assert main(["clean"]) == 0
    assert names(folder) == before - set(OURS)
    assert capsys.readouterr().out.splitlines() == [
        f"shared memory /ipclab-{UID}- (4,096 bytes)",
        f"shared memory /ipclab-{UID}-12-ring (4,096 bytes)",
        f"semaphore /ipclab-{UID}-12-lock",
        "3 removed.",
    ]
    assert main(["clean"]) == 0
    assert "Nothing of the course is left" in capsys.readouterr().out


def test_a_dry_run_removes_nothing(folder: Path, capsys) -> None:
    before = names(folder)
    assert main(["clean", "--dry-run"]) == 0
    assert names(folder) == before
    assert capsys.readouterr().out.endswith("3 would be removed.\n")


def test_an_object_of_another_user_is_not_ours(folder: Path) -> None:
    assert list(clean.leftovers(folder, UID + 1)) == []


def test_what_cannot_be_removed_is_told(folder: Path, monkeypatch, capsys) -> None:
    real_unlink = Path.unlink

    def unlink(path: Path, missing_ok: bool = False) -> None:
        if path.name.startswith("sem."):
            raise PermissionError(1, "Operation not permitted", str(path))
        real_unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    assert main(["clean"]) == 1
    output = capsys.readouterr()
    assert "Operation not permitted" in output.err and output.out.endswith("2 removed.\n")


def test_a_machine_without_dev_shm_is_explained(monkeypatch, capsys, tmp_path: Path) -> None:
    monkeypatch.setattr(clean, "SHARED_MEMORY", tmp_path / "absent")
    assert main(["clean"]) == 2
    assert "ipclab doctor" in capsys.readouterr().err


@pytest.fixture
def real_objects() -> Iterator[set[str]]:
    name = f"/ipclab-{UID}-{os.getpid()}-clean"
    memory = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, mode=0o600, size=100)
    memory.close_fd()
    semaphore = posix_ipc.Semaphore(name, posix_ipc.O_CREX, mode=0o600)
    semaphore.close()
    yield {f"shared memory {name} (100 bytes)", f"semaphore {name}"}
    posix_ipc.unlink_shared_memory(name)
    posix_ipc.unlink_semaphore(name)


def test_real_objects_are_recognised(real_objects: set[str]) -> None:
    assert real_objects <= set(map(str, clean.leftovers(clean.SHARED_MEMORY, UID)))
