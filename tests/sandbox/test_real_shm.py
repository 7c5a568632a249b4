"""A run has a /dev/shm of its own, or on request the machine's, where others meet it."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import posix_ipc
import pytest

from ipclab.ipc.layouts import Layout
from ipclab.ipc.names import FOLDER, memory_path, new_run, object_name
from ipclab.ipc.owners import owner_of
from ipclab.ipc.pipes import read_exactly
from ipclab.ipc.processes import reap, spawn
from ipclab.ipc.semaphores import Semaphore, new_semaphore, open_semaphore
from ipclab.ipc.shared_memory import SharedMemory
from ipclab.sandbox import run
from ipclab.sandbox.containment import Containment
from ipclab.sandbox.run import HelperProcess

COUNTER = Layout("counter", 1, value="Q")


@pytest.fixture
def name() -> Iterator[str]:
    """A name that nobody uses, and that nobody may have left afterwards."""
    name = object_name(new_run(), "real")
    yield name
    left = [path for path in Path(FOLDER).iterdir() if name[1:] in path.name]
    for path in left:
        path.unlink()
    assert left == []


def increment(name: str) -> int:
    with open_semaphore(name) as lock, SharedMemory.attach(name, COUNTER) as memory, lock:
        memory["value"] += 1
        return memory["value"]


def test_both_sides_see_the_same_object(name: str) -> None:
    with new_semaphore(name), SharedMemory.create(name, COUNTER) as memory:
        assert [run(increment, name, real_shm=True).value for _ in range(3)] == [1, 2, 3]
        assert memory["value"] == 3


def test_by_default_a_run_has_its_own(name: str) -> None:
    with new_semaphore(name), SharedMemory.create(name, COUNTER):
        result = run(increment, name)
    if result.ok:
        pytest.skip("this system refuses namespaces")
    assert result.exception.type == "FileNotFoundError"


def test_two_runs_meet_while_both_live(name: str, tmp_path: Path) -> None:
    """One creates and waits in a FIFO; the other one, and we, look meanwhile."""
    there, go = str(tmp_path / "there"), str(tmp_path / "go")
    os.mkfifo(there)
    os.mkfifo(go)

    def create() -> int:
        with new_semaphore(name), SharedMemory.create(name, COUNTER, values={"value": 7}) as memory:
            with open(there, "wb", buffering=0) as fifo:
                fifo.write(b"x")
            with open(go, "rb", buffering=0) as fifo:
                fifo.read()
            return memory["value"]

    def creator() -> None:
        os._exit(run(create, real_shm=True, deadline=60).value)

    child = spawn(creator)
    with open(there, "rb", buffering=0) as fifo:
        read_exactly(fifo.fileno(), 1)
    assert stat.S_IMODE(os.stat(memory_path(name)).st_mode) == 0o600
    assert Path(memory_path(name)).read_bytes()[:8] == (7).to_bytes(8, "little")
    assert owner_of(memory_path(name)).state == "runs", "its process lives in another namespace"
    assert run(increment, name, real_shm=True).value == 8
    with open(go, "wb"):
        pass
    assert reap(child) == 8


def leave(name: str) -> None:
    SharedMemory.create(name, COUNTER)
    Semaphore.create(name)
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("real_shm", [False, True])
def test_what_a_run_leaves_is_told_and_removed(name: str, real_shm: bool) -> None:
    result = run(leave, name, real_shm=real_shm)
    assert [leak.description for leak in result.leaks] == [
        f"shared-memory object {name} was never unlinked",
        f"semaphore {name} was never unlinked",
    ]


def test_what_others_create_meanwhile_is_no_leak(name: str) -> None:
    def create_elsewhere() -> bool:
        return os.path.exists(memory_path(name))

    with SharedMemory.create(name, COUNTER):
        result = run(create_elsewhere, real_shm=True)
        assert (result.value, result.leaks) == (True, ())
        assert os.path.exists(memory_path(name))


def test_a_checked_solution_never_sees_it() -> None:
    with pytest.raises(ValueError, match="a sealed run has a /dev/shm of its own"):
        run(os.getpid, sealed=True, real_shm=True)


def wait_for_ever(name: str) -> None:
    posix_ipc.Semaphore(name).acquire()


def test_a_hang_names_the_semaphore_and_its_value(name: str) -> None:
    """Nothing is proved: whoever knows the name could still post."""
    with new_semaphore(name, 0):
        stuck = run(wait_for_ever, name, real_shm=True, deadline=1.5).stuck
    assert not stuck.proved
    words = f"semaphore {name} (its value is 0) could be posted by a process outside the run"
    assert words in str(stuck)
    assert "wait_for_ever" in str(stuck)


@pytest.mark.slow
@pytest.mark.parametrize("mode", Containment, ids=lambda mode: mode.name.lower())
def test_in_every_containment(name: str, mode: Containment) -> None:
    strongest = HelperProcess()
    strongest.close()
    weakest_first = list(reversed(Containment))
    if weakest_first.index(mode) > weakest_first.index(Containment[strongest.containment]):
        pytest.skip(f"this system grants no more than: {strongest.containment}")
    helper = HelperProcess(containment=mode.name)
    try:
        with new_semaphore(name), SharedMemory.create(name, COUNTER):
            for expected in (1, 2):
                result = helper.run(increment, (name,), 20.0, False, (), real_shm=True)
                assert (result.value, result.leaks) == (expected, ())
    finally:
        helper.close()
