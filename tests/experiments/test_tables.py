"""A result prints as a table that reads the same on every run."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from ipclab.experiments.tables import Tabular, html_table, table


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


ROWS = [(5, "small <b>"), (65_536, "usual")]


def test_in_html_each_number_has_its_headers() -> None:
    figure = ElementTree.fromstring(html_table("Pipes & <i>", ("size", "what"), ROWS))
    assert figure.findtext("figcaption") == "Pipes & <i>"
    cells = [[cell.text for cell in row] for row in figure.iter("tr")]
    assert cells == [["size", "what"], ["5", "small <b>"], ["65,536", "usual"]]
    columns = figure.findall("table/thead/tr/th")
    assert [each.get("scope") for each in columns] == ["col", "col"]
    assert [each.get("scope") for each in figure.findall("table/tbody/tr/th")] == ["row", "row"]


def test_in_html_numbers_stand_right_too() -> None:
    figure = ElementTree.fromstring(html_table("Pipes", ("size", "what"), ROWS))
    for row in figure.iter("tr"):
        assert ["text-align:right" in cell.attrib["style"] for cell in row] == [True, False]


def test_in_html_too_a_row_too_short_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        html_table("Pipes", ("size", "what"), [(5,)])


def test_a_result_is_its_table() -> None:
    class Result(Tabular):
        headers = ("size",)

        @property
        def title(self) -> str:
            return "Sizes"

        def rows(self) -> list[tuple[int]]:
            return [(1,)]

    assert repr(Result()) == str(Result()) == table("Sizes", ("size",), [(1,)])
    assert Result()._repr_html_() == html_table("Sizes", ("size",), [(1,)])
