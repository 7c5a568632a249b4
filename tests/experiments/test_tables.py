"""A result prints as a table that reads the same on every run."""

from __future__ import annotations

import pytest

from ipclab.experiments.tables import Tabular, table


def test_numbers_stand_right_and_words_left() -> None:
    text = table("Pipes", ("size", "what"), [(5, "small"), (65_536, "usual")])
    assert text.splitlines() == [
        "Pipes",
        "",
        "  size  what",
        "------  -----",
        "     5  small",
        "65,536  usual",
    ]


def test_a_table_without_rows_has_its_headers() -> None:
    assert table("Nothing", ("size",), []).splitlines()[-1] == "----"


def test_a_row_too_short_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        table("Pipes", ("size", "what"), [(5,)])


def test_a_result_is_its_table() -> None:
    class Result(Tabular):
        headers = ("size",)

        @property
        def title(self) -> str:
            return "Sizes"

        def rows(self) -> list[tuple[int]]:
            return [(1,)]

    assert repr(Result()) == str(Result()) == table("Sizes", ("size",), [(1,)])
