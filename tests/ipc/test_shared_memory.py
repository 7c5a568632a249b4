"""Two processes see the same bytes, early and wrong ones are told why not, and nothing is left."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator

import posix_ipc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from objects import crashed, files_of, fresh_name, running

from ipclab.ipc.layouts import Layout
from ipclab.ipc.names import memory_path, new_run, object_name
from ipclab.ipc.processes import reap, spawn
from ipclab.ipc.shared_memory import SharedMemory

COUNTER = Layout("counter", 1, value="Q")


@pytest.fixture
def name() -> Iterator[str]:
    with fresh_name() as name:
        yield name


def test_what_one_process_stores_another_one_loads(name: str) -> None:
    def store() -> None:
        with SharedMemory.attach(name, COUNTER) as memory:
            memory["value"] += 2**40

    with SharedMemory.create(name, COUNTER, values={"value": 1}) as memory:
        assert reap(spawn(store)) == 0
        assert memory.values() == {"value": 2**40 + 1}
        with open(memory_path(name), "rb") as file:
            assert file.read(8) == (2**40 + 1).to_bytes(8, "little"), "it is a file"


@given(st.lists(st.integers(0, 2**32 - 1), min_size=3, max_size=3), st.binary(max_size=20))
def test_every_value_comes_back(numbers: list[int], text: bytes) -> None:
    layout = Layout("any", 3, a="I", b="I", text="20s", c="I")
    values = dict(zip("abc", numbers, strict=True)) | {"text": text}
    name = object_name(new_run(), "given")
    with SharedMemory.create(name, layout, values=values) as memory:
        assert memory.values() == values | {"text": text.ljust(20, b"\0")}
        memory["b"] = 7
        with SharedMemory.attach(name, layout) as other:
            assert other.values() == memory.values()
            assert (other["a"], other["b"], other["c"]) == (numbers[0], 7, numbers[2])


def test_storing_a_field_touches_no_other_byte_and_never_zeroes_it(name: str) -> None:
    with SharedMemory.create(name, COUNTER, size=100, values={"value": 2**64 - 1}) as memory:
        memory.map[COUNTER.size :] = b"x" * (100 - COUNTER.size)
        memory["value"] = 3
        assert memory.map[:] == b"\3".ljust(8, b"\0") + COUNTER.stamp + b"x" * (100 - COUNTER.size)


@pytest.mark.parametrize("umask", [0, 0o022, 0o777])
def test_only_its_user_may_open_it_whatever_the_umask(name: str, umask: int) -> None:
    before = os.umask(umask)
    try:
        with SharedMemory.create(name, size=1):
            assert stat.S_IMODE(os.stat(memory_path(name)).st_mode) == 0o600
            SharedMemory.attach(name).close()
    finally:
        os.umask(before)


def test_descriptors_do_not_stay_open_and_do_not_survive_exec(name: str) -> None:
    """Up to Python 3.12 a mapping keeps a copy of the descriptor, which exec closes."""
    before = set(os.listdir("/proc/self/fd"))
    with SharedMemory.create(name, size=1), SharedMemory.attach(name):
        opened = set(os.listdir("/proc/self/fd")) - before
        assert len(opened) <= 3
        for number in opened & set(os.listdir("/proc/self/fd")):
            assert not os.get_inheritable(int(number))


def test_a_taken_name_tells_whose_it_is(name: str) -> None:
    with SharedMemory.create(name, size=1), pytest.raises(FileExistsError) as caught:
        SharedMemory.create(name, size=1)
    assert f"process {os.getpid()} created it, and runs" in str(caught.value)
    assert caught.value.filename == name


def test_a_stale_name_tells_so(name: str) -> None:
    pid = crashed(lambda: SharedMemory.create(name, size=1))
    with pytest.raises(
        FileExistsError, match=f"process {pid} created it and has ended: it is stale"
    ):
        SharedMemory.create(name, size=1)
    posix_ipc.unlink_shared_memory(name)
    with SharedMemory.create(name, size=1), pytest.raises(FileExistsError, match=f"{os.getpid()}"):
        SharedMemory.create(name, size=1)


def test_a_name_of_unknown_origin(name: str) -> None:
    posix_ipc.SharedMemory(name, posix_ipc.O_CREX).close_fd()
    with pytest.raises(FileExistsError, match="nobody noted by whom"):
        SharedMemory.create(name, size=1)
    posix_ipc.unlink_shared_memory(name)


def test_who_comes_too_early_is_told(name: str) -> None:
    with pytest.raises(FileNotFoundError, match="is its creator not there yet, or gone"):
        SharedMemory.attach(name, COUNTER)
    raw = posix_ipc.SharedMemory(name, posix_ipc.O_CREX)  # as after shm_open, before ftruncate
    for layout in (None, COUNTER):
        with pytest.raises(ValueError, match="SIGBUS"):
            SharedMemory.attach(name, layout)
    os.ftruncate(raw.fd, COUNTER.size)  # as before the fields are filled
    with pytest.raises(ValueError, match="no stamp yet"):
        SharedMemory.attach(name, COUNTER)
    raw.close_fd()
    raw.unlink()


def test_another_layout_is_told(name: str) -> None:
    with SharedMemory.create(name, COUNTER, size=200):
        with pytest.raises(ValueError, match="holds 'counter' version 1, not 'counter' version 2"):
            SharedMemory.attach(name, Layout("counter", 2, value="Q"))
        with pytest.raises(ValueError, match="has 200 of 1016 bytes"):
            SharedMemory.attach(name, Layout("big", 1, text="1000s"))


def test_only_the_creator_removes_the_name(name: str) -> None:
    def leave(memory: SharedMemory) -> None:
        with memory:
            pass
        try:
            memory.unlink()
        except PermissionError:
            os._exit(7)

    with SharedMemory.create(name, size=1) as memory:
        with SharedMemory.attach(name) as other, pytest.raises(PermissionError, match="created it"):
            other.unlink()
        assert reap(spawn(leave, memory)) == 7, "a child inherits the mapping, not the right"
        assert name[1:] in files_of(name)
        memory.unlink()
        assert files_of(name) == []
        memory.unlink()
        memory.map[0] = 7


def test_a_name_that_somebody_else_has_taken_meanwhile_stays(name: str) -> None:
    with SharedMemory.create(name, size=1):
        posix_ipc.unlink_shared_memory(name)
        other = running(lambda: SharedMemory.create(name, size=1))
        other.__enter__()
    assert name[1:] in files_of(name)
    other.__exit__(None, None, None)
    assert [os.unlink(f"/dev/shm/{file}") for file in files_of(name)] == [None, None]


def test_removed_by_hand_is_no_error(name: str) -> None:
    with SharedMemory.create(name, size=1):
        posix_ipc.unlink_shared_memory(name)


def test_the_name_goes_when_the_block_raises(name: str) -> None:
    with pytest.raises(ZeroDivisionError), SharedMemory.create(name, size=1):
        raise ZeroDivisionError
    assert files_of(name) == []


def test_a_memoryview_in_use_keeps_the_mapping_and_not_the_name(name: str) -> None:
    memory = SharedMemory.create(name, size=1)
    view = memoryview(memory.map)
    with pytest.raises(BufferError), memory:
        pass
    assert files_of(name) == []
    view.release()
    memory.close()
    memory.close()


def test_a_creation_that_fails_leaves_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = len(os.listdir("/proc/self/fd"))
    room = os.statvfs("/dev/shm")
    too_much = room.f_blocks * room.f_frsize + 2**20
    with pytest.raises(OSError, match="no room in /dev/shm") as caught:
        SharedMemory.create(name, size=too_much)
    assert caught.value.errno == errno.ENOSPC
    with pytest.raises(KeyError):
        SharedMemory.create(name, COUNTER, values={"colour": 1})
    for size in (0, -1):
        with pytest.raises(ValueError, match="give a layout or a size"):
            SharedMemory.create(name, size=size)
    with pytest.raises(ValueError, match="no portable name"):
        SharedMemory.create("/a\0b", size=1)
    with pytest.raises(ValueError, match="no portable name"):
        SharedMemory.attach("/a\ud800")
    assert len(os.listdir("/proc/self/fd")) == before


def test_many_creators_and_one_name(name: str) -> None:
    """Exactly one gets it, every time."""

    def create() -> None:
        try:
            SharedMemory.create(name, size=8)
        except FileExistsError:
            os._exit(1)
        os._exit(0)

    children = [spawn(create) for _ in range(8)]
    assert sorted(map(reap, children)) == [0, *[1] * 7]
    assert [os.unlink(f"/dev/shm/{file}") for file in files_of(name)] == [None, None]


@pytest.mark.parametrize("length", [245, 246, 251])
def test_the_longest_names_can_be_created_and_removed(length: int) -> None:
    prefix = object_name(new_run(), "long-")
    name = prefix + "x" * (length + 1 - len(prefix))
    with (
        SharedMemory.create(name, COUNTER),
        pytest.raises(FileExistsError, match="created it, and runs"),
    ):
        SharedMemory.create(name, COUNTER)
    assert files_of(name) == []
