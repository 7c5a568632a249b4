"""Does a report say the same to a person, a notebook and a grader, whatever a solution printed?"""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import fastjsonschema
import pytest
from report_schema import SCHEMA, validate
from rich.console import Console

from ipclab.exercises.diagnoses import DIAGNOSES, diagnosis
from ipclab.exercises.marking import error_report
from ipclab.exercises.report import SYMBOLS, Report, RequirementResult

PASSED = RequirementResult("counts", "pass", None, "returned 65,536", "", "")
FAILED = RequirementResult(
    "restores the flags", "fail", "flags-changed", "was 1, is 2049", *diagnosis("flags-changed")
)
ALSO_FAILED = RequirementResult(
    "is quick", "fail", "busy-wait", "3 s of processor time", *diagnosis("busy-wait")
)
SKIPPED = RequirementResult("leaves it empty", "skipped", None, 'needs "counts"', "", "")
TODO = RequirementResult("counts", "todo", None, "capacity is still to be written.", "", "")

FAIL = Report(9, "pipe-buffering", "fail", 7, (PASSED, FAILED, ALSO_FAILED, SKIPPED), None, 1.25)
PASS = Report(9, "pipe-buffering", "pass", 7, (PASSED,))
REPORTS = [
    PASS,
    FAIL,
    Report(9, "pipe-buffering", "todo", 7, (TODO,)),
    error_report(9, "pipe-buffering", "solution.py can't be read: No such file or directory."),
    replace(FAIL, schedule="0.1.1.0", leaks=("process 12 still ran",)),
]


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.verdict)
def test_json_follows_the_schema(report: Report) -> None:
    line = report.to_json()
    assert "\n" not in line and line.isascii()
    validate(json.loads(line))


def test_schema_knows_every_diagnosis() -> None:
    assert SCHEMA["$defs"]["diagnosis"]["enum"] == list(DIAGNOSES)


def test_schema_refuses_a_failure_without_a_diagnosis() -> None:
    broken = replace(FAIL, requirements=(replace(FAILED, diagnosis=None),))
    with pytest.raises(fastjsonschema.JsonSchemaException):
        validate(json.loads(broken.to_json()))


@pytest.mark.slow
def test_the_schema_means_the_same_to_jsonschema() -> None:
    import jsonschema

    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert all(validator.is_valid(report.as_dict()) for report in REPORTS)
    broken = replace(FAIL, requirements=(replace(FAILED, diagnosis=None),))
    assert not validator.is_valid(broken.as_dict())


def test_every_diagnosis_has_a_meaning_and_a_reference() -> None:
    for name, (meaning, reference) in DIAGNOSES.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert meaning.endswith(".") and 40 <= len(meaning) <= 240, name
        assert reference, name


def test_unknown_diagnosis_is_refused() -> None:
    with pytest.raises(ValueError, match="diagnoses"):
        diagnosis("bad-luck")


def test_only_a_pass_is_true() -> None:
    assert [bool(report) for report in REPORTS] == [True, False, False, False, False]


def test_root_cause_is_told_in_full_and_the_next_failure_in_short() -> None:
    text = str(FAIL)
    assert FAILED.reference in text and ALSO_FAILED.reference not in text
    assert "Observed: 3 s of processor time" in text
    assert 'needs "counts"' in text


def test_text_shows_no_seed_and_no_seconds() -> None:
    other = replace(FAIL, seed=99, seconds=3.5)
    assert repr(other) == repr(FAIL)
    assert other._repr_html_() == FAIL._repr_html_()


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.verdict)
def test_every_status_has_a_symbol_and_a_word(report: Report) -> None:
    for shown in (str(report), visible_text(report._repr_html_()), in_terminal(report)):
        for result in report.requirements:
            assert f"{SYMBOLS[result.status]} {result.status}" in shown
        assert report.verdict.upper() in shown


def test_what_a_solution_printed_is_escaped_in_html() -> None:
    attack = '</li><script>alert("x")</script>'
    report = replace(FAIL, requirements=(replace(FAILED, evidence=f"{attack}\nline 2"),))
    page = report._repr_html_()
    assert "<script" not in page
    assert attack in visible_text(page)


def test_what_a_solution_printed_is_no_markup_in_a_terminal() -> None:
    report = replace(FAIL, requirements=(replace(FAILED, evidence="[/red] [bold]x"),))
    assert "[/red] [bold]x" in in_terminal(report)


def test_html_is_well_formed_and_needs_nothing_from_outside() -> None:
    for report in REPORTS:
        page = report._repr_html_()
        visible_text(page)
        assert not re.search(r"https?:|<style|<script|\bid=|class=", page)


def in_terminal(report: Report) -> str:
    screen = io.StringIO()
    Console(file=screen, width=100).print(report)
    return screen.getvalue()


class _Reader(HTMLParser):
    """Collects the text, and sees that elements close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def visible_text(page: str) -> str:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader.text
