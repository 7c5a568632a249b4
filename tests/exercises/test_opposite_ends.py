"""Exercise 3: what one call brought is read in one way, and messages leave no mistake a hiding place."""

from __future__ import annotations

from typing import Any

import pytest

from ipclab.exercises.e03_opposite_ends.judging import left, mismatch
from ipclab.exercises.e03_opposite_ends.scenarios import message
from ipclab.exercises.e03_opposite_ends.watching import forked_in

STOPPED_READING = {"returned_early": True}
READ_TO_THE_END = {"returned_early": False, "lines": ["forked 7", "leaving 0", "returned"]}


def outcome(**differences: Any) -> dict[str, Any]:
    """A call that went well, but for the differences."""
    well = {
        "size": 300,
        "length": 300,
        "right": True,
        "extra": "",
        "is_part": True,
        "kind": "bytes",
        "shown": "b'...'",
        "had_child": True,
        "read": 300,
        "opened": [],
        "closed": [],
        "children": [],
    }
    return {**well, **differences}


def cut(length: int) -> dict[str, Any]:
    return outcome(length=length, right=False, read=length)


@pytest.mark.parametrize("size", [0, 1, 2, 300, 4097, 1 << 20])
def test_a_message_has_its_size(size: int) -> None:
    assert len(message(size, 1)) == size


def test_a_message_has_every_byte_and_blanks_at_both_ends() -> None:
    assert set(message(300, 1)) == set(range(256))
    assert len(message(300, 1).strip()) < 300
    assert message(300, 1)[:1].isspace() and message(300, 1)[-1:].isspace()
    assert message(300, 1) != message(300, 2)


def test_a_call_that_went_well() -> None:
    assert mismatch(outcome(), READ_TO_THE_END) is None
    assert left(outcome()) is None


@pytest.mark.parametrize(
    ("seen", "reader", "diagnosis"),
    [
        (cut(100), STOPPED_READING, "partial-read"),
        (cut(100), {}, "partial-read"),
        (cut(100), READ_TO_THE_END, "partial-write"),
        (cut(100), {"lines": ["leaving 0 OSError"]}, "exception"),
        (cut(100), {**STOPPED_READING, "lines": ["leaving 0 BrokenPipeError"]}, "partial-read"),
        ({**cut(100), "read": 300}, READ_TO_THE_END, "wrong-result"),
        (outcome(right=False, is_part=False, read=200), READ_TO_THE_END, "wrong-result"),
        (outcome(right=False, length=None, is_part=False), {}, "wrong-result"),
        (outcome(right=False, is_part=False, length=320, extra="b'...'"), {}, "wrong-result"),
        (outcome(had_child=False), {}, "wrong-result"),
    ],
)
def test_what_came_back_is_named(
    seen: dict[str, Any], reader: dict[str, Any], diagnosis: str
) -> None:
    finding = mismatch(seen, reader)
    assert finding is not None and finding.diagnosis == diagnosis


@pytest.mark.parametrize(
    ("lines", "evidence"),
    [
        (["returned"], "no child was seen"),
        (["forked 7", "returned"], "nobody has waited for it"),
        (["ignores SIGCHLD", "forked 7", "returned"], "SIGCHLD was set to be ignored"),
    ],
)
def test_why_no_child_was_counted(lines: list[str], evidence: str) -> None:
    finding = mismatch(outcome(had_child=False), {"lines": lines})
    assert finding is not None and evidence in finding.evidence


def test_what_came_back_too_much_and_what_did_not_come_back() -> None:
    more = mismatch(outcome(right=False, is_part=False, length=320, extra="b'more'"), {})
    nothing = mismatch(cut(0), STOPPED_READING)
    assert more is not None and "20 bytes more" in more.evidence and "more'" in more.evidence
    assert nothing is not None and nothing.evidence.startswith("Nothing came back")


def test_a_process_that_both_sides_told_of_is_one() -> None:
    assert forked_in({"lines": ["forked 7", "forked 7 stopped", "leaving 0", ""]}) == 1
    assert forked_in({"lines": ["forked 7", "forked 8"]}) == 2
    assert forked_in({}) == 0


@pytest.mark.parametrize(
    ("seen", "diagnosis"),
    [
        (outcome(children=["zombie"]), "zombie-left"),
        (outcome(children=["running"]), "orphan-left"),
        (outcome(opened=["descriptor 3 (pipe:[1])"]), "fd-leak"),
        (outcome(closed=["descriptor 0 (/dev/null)"]), "wrong-result"),
    ],
)
def test_what_was_left_is_named(seen: dict[str, Any], diagnosis: str) -> None:
    finding = left(seen)
    assert finding is not None and finding.diagnosis == diagnosis
