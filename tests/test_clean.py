"""`ipclab clean` removes what the course left in shared memory, and nothing else."""

from __future__ import annotations

import dataclasses
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import posix_ipc
import pytest

from ipclab import clean
from ipclab.cli import main
from ipclab.ipc import owners
from ipclab.ipc.names import FOLDER, memory_path, new_run, object_name, semaphore_path
from ipclab.ipc.pipes import Pipe, read_exactly, write_all
from ipclab.ipc.processes import reap, spawn
from ipclab.ipc.semaphores import Semaphore
from ipclab.ipc.shared_memory import SharedMemory

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


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A run of its own in the real /dev/shm: cleaning sees its names only, and no other test's."""
    run = new_run()
    monkeypatch.setattr(clean, "prefix_of", lambda uid: f"ipclab-{uid}-{run}-")
    yield run
    for path in Path(FOLDER).glob(f"*ipclab-{UID}-{run}-*"):
        path.unlink()


def files(run: str) -> list[str]:
    return sorted(path.name for path in Path(FOLDER).glob(f"*ipclab-{UID}-{run}-*"))


def start(function: Callable[[], object]) -> int:
    """A child that has called `function` and goes on until it is killed."""

    def act() -> None:
        kept = function()
        write_all(pipe.write_end.fd, b"x")
        signal.pause()
        del kept

    with Pipe() as pipe:
        child = spawn(act)
        read_exactly(pipe.read_end.fd, 1)
    return child


def kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    reap(child)


def create_both(name: str) -> object:
    return SharedMemory.create(name, size=8), Semaphore.create(name)


def test_what_a_crash_left_is_told_and_removed(run: str, capsys) -> None:
    name = object_name(run, "crash")
    kill(child := start(lambda: create_both(name)))
    assert main(["clean"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"shared memory {name} (8 bytes), created by process {child}, which has ended",
        f"semaphore {name}, created by process {child}, which has ended",
        "2 removed.",
    ]
    assert files(run) == []


def test_what_a_live_process_created_stays(run: str, capsys) -> None:
    """Also if it has it neither open nor mapped just now."""

    def create_and_close() -> None:
        for created in create_both(name):
            created.close()

    name = object_name(run, "live")
    child = start(create_and_close)
    try:
        before = files(run)
        assert main(["clean"]) == 0
        assert files(run) == before
        output = capsys.readouterr().out
        assert output.count(f"kept, process {child} may use it") == 2
        assert output.endswith("0 removed.\n")
    finally:
        kill(child)
    assert main(["clean"]) == 0
    assert files(run) == []


@pytest.mark.parametrize(
    "attach", [SharedMemory.attach, Semaphore.attach, lambda name: os.open(memory_path(name), 0)]
)
def test_what_others_use_stays_after_its_creator(run: str, capsys, attach) -> None:
    name = object_name(run, "used")
    creator = start(lambda: create_both(name))
    user = start(lambda: attach(name))
    try:
        kill(creator)
        assert main(["clean"]) == 0
        output = capsys.readouterr().out
        assert output.count(f"which has ended: kept, process {user} uses it") == 1
        assert output.endswith("1 removed.\n")
        assert len(files(run)) == 2, "the object and its note"
    finally:
        kill(user)
    assert main(["clean"]) == 0
    assert files(run) == []


def test_what_nobody_noted_goes_unless_it_is_used(run: str, capsys) -> None:
    name = object_name(run, "raw")
    memory = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, size=8)
    assert main(["clean"]) == 0
    assert f"kept, process {os.getpid()} uses it" in capsys.readouterr().out
    memory.close_fd()
    assert main(["clean"]) == 0
    assert files(run) == []


def test_a_number_that_another_process_has_by_now_protects_nothing(run: str) -> None:
    name = object_name(run, "reused")
    kill(start(lambda: create_both(name)))
    me = owners.current()
    for path in (memory_path(name), semaphore_path(name)):
        owners.forget(path)
        os.symlink(
            f"pid={me.pid},start={me.started - 1},pidns={me.pid_namespace},boot={me.boot}",
            path + owners.NOTE,
        )
    assert main(["clean"]) == 0
    assert files(run) == []


def test_a_note_without_its_object(run: str, capsys) -> None:
    name = object_name(run, "gone")
    child = start(lambda: SharedMemory.create(name, size=8))
    posix_ipc.unlink_shared_memory(name)
    assert main(["clean"]) == 0
    assert f"kept, process {child} may use it" in capsys.readouterr().out
    kill(child)
    assert main(["clean"]) == 0
    assert (
        f"note about {name}, which is gone, created by process {child}" in capsys.readouterr().out
    )
    assert files(run) == []


def test_what_may_live_in_another_container_stays(run: str, capsys, monkeypatch) -> None:
    """Its processes cannot be seen from here, unless here is the machine's own namespace."""
    name = object_name(run, "away")
    kill(start(lambda: SharedMemory.create(name, size=8)))
    elsewhere = dataclasses.replace(owners.current(), pid_namespace=1)
    monkeypatch.setattr(owners, "_INITIAL_PID_NAMESPACE", 0)
    monkeypatch.setattr(owners, "owner_of", lambda path: elsewhere)
    before = files(run)
    assert main(["clean"]) == 0
    assert files(run) == before
    assert (
        f"may run in another container; if not: rm {memory_path(name)}*" in capsys.readouterr().out
    )


@pytest.mark.skipif(UID != 0, reason="only root can make a file another user's")
def test_the_same_name_of_another_user_stays(run: str, capsys) -> None:
    name = object_name(run, "theirs")
    kill(start(lambda: create_both(name)))
    for path in (memory_path(name), semaphore_path(name)):
        os.chown(path, 64_998, -1)
    before = files(run)
    assert main(["clean"]) == 0
    assert files(run) == before
    assert "Nothing of the course is left" in capsys.readouterr().out
