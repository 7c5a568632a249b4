"""A note tells who created an object, and no other process is ever taken for it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from objects import crashed, fresh_name, running

from ipclab.ipc import owners
from ipclab.ipc.names import memory_path
from ipclab.ipc.owners import ENDED, RUNS, UNKNOWN, Owner, current, owner_of
from ipclab.ipc.processes import reap, spawn
from ipclab.ipc.shared_memory import SharedMemory
from ipclab.ipc.stale_names import remove_if_stale

INITIAL_PID_NAMESPACE = 4_026_531_836


@pytest.fixture
def path(tmp_path: Path) -> str:
    """An object's file; /dev/shm is not needed for what is tested with it."""
    path = tmp_path / "object"
    path.touch()
    return str(path)


def note(path: str, owner: Owner) -> None:
    fields = f"pid={owner.pid},start={owner.started},pidns={owner.pid_namespace},boot={owner.boot}"
    os.symlink(fields, path + owners.NOTE)


def test_a_process_that_runs(path: str) -> None:
    owners.leave_note(path)
    assert owner_of(path) == current()
    assert owner_of(path).state == RUNS
    assert owners.is_ours(path)
    child = spawn(lambda: os._exit(7 if owners.is_ours(path) else 0))
    assert reap(child) == 0, "a child is another process"


def test_a_process_that_was_killed(path: str) -> None:
    with running(lambda: owners.leave_note(path)) as child:
        assert owner_of(path).pid == child
        assert owner_of(path).state == RUNS
    assert owner_of(path).state == ENDED


def test_a_process_that_nobody_has_reaped_has_ended(path: str) -> None:
    child = spawn(lambda: owners.leave_note(path))
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert owner_of(path).state == ENDED
    reap(child)


def test_another_process_with_the_same_id_is_not_taken_for_it(path: str) -> None:
    note(path, dataclasses.replace(current(), started=current().started - 1))
    assert owner_of(path).state == ENDED


def test_no_process_survives_a_boot(path: str) -> None:
    note(path, dataclasses.replace(current(), boot="00000000"))
    assert owner_of(path).state == ENDED


def test_a_process_of_another_namespace_is_not_known_by_its_number(path: str) -> None:
    note(path, dataclasses.replace(current(), pid_namespace=1))
    initial = os.stat("/proc/self/ns/pid").st_ino == INITIAL_PID_NAMESPACE
    assert owner_of(path).state == (ENDED if initial else UNKNOWN)


@pytest.mark.parametrize(
    "text", ["", "pid=1", "pid=x,start=1,pidns=1,boot=a", "/etc/passwd", "a" * 300]
)
def test_what_is_no_note_says_nothing(path: str, text: str) -> None:
    if text:
        os.symlink(text, path + owners.NOTE)
    assert owner_of(path) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file another user's")
def test_another_users_note_is_not_believed(path: str) -> None:
    note(path, dataclasses.replace(current(), boot="00000000"))
    os.lchown(path + owners.NOTE, 64_998, -1)
    assert owner_of(path) is None
    assert not remove_if_stale(path)


def test_an_older_note_is_replaced(path: str) -> None:
    note(path, Owner(1, 2, 3, "4"))
    owners.leave_note(path)
    assert owners.is_ours(path)
    owners.forget(path)
    owners.forget(path)
    assert owner_of(path) is None


@pytest.fixture
def name() -> Iterator[str]:
    with fresh_name() as name:
        yield name


def test_a_stale_object_is_removed_with_its_note(name: str) -> None:
    crashed(lambda: SharedMemory.create(name, size=8))
    assert remove_if_stale(memory_path(name))
    assert not remove_if_stale(memory_path(name))


def test_what_is_in_use_stays(name: str) -> None:
    with SharedMemory.create(name, size=8):
        assert not remove_if_stale(memory_path(name))
        assert os.path.exists(memory_path(name))


def test_what_nobody_noted_stays(path: str) -> None:
    assert not remove_if_stale(path)
    assert os.path.exists(path)


def take(name: str, ends: tuple[int, int]) -> None:
    """Remove it if it is stale, create it, keep it until all others have tried."""
    read_fd, write_fd = ends
    os.close(write_fd)
    remove_if_stale(memory_path(name))
    try:
        SharedMemory.create(name, size=8)
    except FileExistsError:
        os._exit(1)
    os.read(read_fd, 1)
    os._exit(0 if owners.is_ours(memory_path(name)) else 2)


def test_of_many_who_find_it_stale_one_gets_it(name: str) -> None:
    """And does not lose it to a slower one."""
    for _ in range(10):
        crashed(lambda: SharedMemory.create(name, size=8))
        ends = os.pipe()
        takers = [spawn(take, name, ends) for _ in range(4)]
        ended = dict(os.waitpid(-1, 0) for _ in range(3))
        assert set(map(os.waitstatus_to_exitcode, ended.values())) == {1}
        for end in ends:
            os.close(end)
        (winner,) = set(takers) - set(ended)
        assert reap(winner) == 0
        assert remove_if_stale(memory_path(name))
