"""Replacing in place does what bytes.replace does, to the file itself, and leaves nothing open."""

from __future__ import annotations

import errno
import mmap
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipclab.ipc.mapping import replace_in_place

PAGE = mmap.PAGESIZE


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_it_agrees_with_bytes_replace(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    letters = st.sampled_from(b"ab\0")
    content = bytes(data.draw(st.lists(letters, max_size=60)))
    old = bytes(data.draw(st.lists(letters, min_size=1, max_size=4)))
    new = bytes(data.draw(st.lists(letters, min_size=len(old), max_size=len(old))))
    file = tmp_path_factory.mktemp("mapping") / "file"
    file.write_bytes(content)
    assert replace_in_place(str(file), old, new) == content.count(old)
    assert file.read_bytes() == content.replace(old, new)


@pytest.mark.parametrize("start", [0, PAGE - 4, PAGE - 1, PAGE, 3 * PAGE - 5])
def test_a_match_may_lie_anywhere(tmp_path: Path, start: int) -> None:
    content = bytearray(3 * PAGE)
    content[start : start + 5] = b"match"
    file = tmp_path / "file"
    file.write_bytes(content)
    assert replace_in_place(str(file), b"match", b"found") == 1
    assert file.read_bytes() == content.replace(b"match", b"found")


@pytest.mark.parametrize(("old", "new"), [(b"", b""), (b"", b"a"), (b"a", b""), (b"aa", b"a")])
def test_lengths_that_differ_are_refused_and_the_file_stays(
    tmp_path: Path, old: bytes, new: bytes
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"aaa")
    with pytest.raises(ValueError, match="same length"):
        replace_in_place(str(file), old, new)
    assert file.read_bytes() == b"aaa"


def test_an_empty_file_has_no_match(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert replace_in_place(str(file), b"a", b"b") == 0


def test_another_holder_of_the_file_sees_it_and_nothing_stays_open(tmp_path: Path) -> None:
    file = tmp_path / "a name \xe9"
    file.write_bytes(b"old, old")
    with file.open("rb") as other, mmap.mmap(other.fileno(), 0, prot=mmap.PROT_READ) as view:
        before = os.listdir("/proc/self/fd")
        assert replace_in_place(str(file), b"old", b"new") == 2
        assert view[:] == b"new, new"
        assert os.listdir("/proc/self/fd") == before
    assert str(file) not in Path("/proc/self/maps").read_text()


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        replace_in_place(str(tmp_path / "file"), b"a", b"b")
    assert raised.value.errno == errno.ENOENT
    assert os.listdir(tmp_path) == []
