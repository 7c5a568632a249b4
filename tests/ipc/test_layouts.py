"""A layout puts each field at its place, and its stamp tells it from every other one."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipclab.ipc.layouts import STAMP, Layout

CONFIG = Layout("config", 1, version="Q", verbosity="I", max_connections="I", greeting="64s")
MAP = """\
config, version 1: 96 bytes
        0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
     0|version                |verbosity  |max_connect|
    16|greeting
   ...|
    64|                                               |
    80|stamp                                          |"""


def test_the_map_shows_every_byte() -> None:
    assert str(CONFIG) == MAP


def test_the_bytes_are_those_of_struct() -> None:
    values = {"version": 1, "verbosity": 2, "max_connections": 3, "greeting": b"hello"}
    data = CONFIG.pack(values)
    assert data == struct.pack("<QII64s", 1, 2, 3, b"hello")
    assert CONFIG.unpack(data) == values | {"greeting": b"hello".ljust(64, b"\0")}
    assert CONFIG.unpack(CONFIG.pack({"verbosity": 9}))["version"] == 0


LETTERS = {"B": 255, "b": -1, "H": 1, "I": 2**32 - 1, "Q": 2**63, "q": -5, "d": 0.5, "?": True}
FIELDS = st.lists(st.sampled_from([*LETTERS, "1s", "3s", "40s"]), max_size=8)


@given(FIELDS)
def test_fields_lie_one_after_the_other_and_numbers_at_multiples(letters: list[str]) -> None:
    declared = {f"f{number}": code for number, code in enumerate(letters)}
    offset, odd = 0, False
    for code in letters:
        size = struct.calcsize("<" + code)
        odd |= not code.endswith("s") and offset % size != 0
        offset += size
    if odd:
        with pytest.raises(ValueError, match="declare larger numbers first"):
            Layout("any", 1, **declared)
        return
    layout = Layout("any", 1, **declared)
    values = {
        name: LETTERS[code] if code in LETTERS else b"x" * struct.calcsize(code)
        for name, code in declared.items()
    }
    assert layout.unpack(layout.pack(values)) == values
    assert layout.size == offset + STAMP.size
    rows = str(layout).splitlines()[2:]
    assert sum(row.count("|") for row in rows) == len(rows) + len(letters) + 1


def test_stamps_tell_layouts_apart() -> None:
    assert CONFIG.mismatch(CONFIG.stamp) is None
    assert "no stamp yet" in str(CONFIG.mismatch(bytes(STAMP.size)))
    for other, words in (
        (Layout("config", 2, version="Q"), "holds 'config' version 2, not 'config' version 1"),
        (Layout("ring", 1, head="Q"), "holds 'ring' version 1"),
        (Layout("config", 1, version="Q"), "declared with other fields"),
        (
            Layout("config", 1, revision="Q", verbosity="I", max_connections="I", greeting="64s"),
            "other fields",
        ),
    ):
        assert words in str(CONFIG.mismatch(other.stamp))
    assert CONFIG.mismatch(b"\xff" * STAMP.size)


@pytest.mark.parametrize(
    ("name", "letters", "words"),
    [
        ("much-too-long", "Q", "1 to 8 ASCII"),
        ("", "Q", "1 to 8 ASCII"),
        ("täst", "Q", "1 to 8 ASCII"),
        ("any", "QQ", "one value a field"),
        ("any", "4x", "one value a field"),
        ("any", "0s", "one value a field"),
    ],
)
def test_a_declaration_that_says_nothing_clear_is_refused(
    name: str, letters: str, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        Layout(name, 1, field=letters)


def test_a_field_that_is_not_declared() -> None:
    with pytest.raises(KeyError, match="colour"):
        CONFIG.pack({"colour": 1})
    with pytest.raises(struct.error):
        CONFIG.pack({"verbosity": 2**32})
