"""Exercise 6: what its judge calls lost, and what it says besides the first failure."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from ipclab import exercise
from ipclab.exercises.e06_atomic_records.collecting import joins_writes
from ipclab.exercises.e06_atomic_records.delivering import Delivered
from ipclab.exercises.e06_atomic_records.judging import of_records

WRONG = Path(__file__).parents[1] / "catalogue" / "wrong"
JOBS = [(7, [b"a", b"bb", b""])]


@pytest.mark.parametrize(
    "came, diagnosis, words",
    [
        ([b"bb", b""], "lost-item", "a record of 1 byte never came out"),
        ([b"bb", b"a", b""], "reordered-item", "before the one of 1 byte."),
        ([b"a", b"bb"], "lost-item", "a record of 0 bytes"),
        ([b"a", b"a", b"bb"], "duplicated-item", "a record of 1 byte came out twice"),
        ([b"a", b"b"], "partial-read", "of a record of 2 bytes the first 1 came out"),
        ([b"a", b"bb", b"", b"c"], "wrong-result", "sent no more"),
    ],
)
def test_a_difference_has_its_name(came: list[bytes], diagnosis: str, words: str) -> None:
    verdict = of_records(JOBS, Delivered([(7, record) for record in came]), "Here")
    assert verdict is not None
    assert verdict[0] == diagnosis
    assert words in verdict[1]


def through_its_own_description(fd: int, sender: int, record: bytes) -> None:
    own = os.open(f"/proc/self/fd/{fd}", os.O_WRONLY)
    os.write(own, record)
    os.close(own)


def plainly(fd: int, sender: int, record: bytes) -> None:
    os.write(fd, record)


def with_other_flags(fd: int, sender: int, record: bytes) -> None:
    fcntl.fcntl(fd, fcntl.F_SETFL, 0)
    os.write(fd, record)


def with_flags_there_and_back(fd: int, sender: int, record: bytes) -> None:
    os.set_blocking(fd, False)
    os.set_blocking(fd, True)
    os.write(fd, record)


def test_a_description_that_joins_writes_is_seen() -> None:
    assert joins_writes(through_its_own_description)
    assert joins_writes(with_other_flags)
    assert not joins_writes(plainly)
    assert not joins_writes(with_flags_there_and_back)  # these calls keep the other flags


@pytest.mark.slow
def test_nothing_of_the_harness_is_reported_as_left() -> None:
    report = exercise(6).check_file(WRONG / "e06_selector_leaves_flags.py")
    assert report.first_failure is not None
    assert report.first_failure.diagnosis == "flags-changed"
    assert list(report.leaks) == []


@pytest.mark.slow
def test_an_exception_keeps_its_name_in_every_requirement() -> None:
    report = exercise(6).check_file(WRONG / "e06_raises_at_end.py")
    failures = {each.diagnosis for each in report.requirements if each.status == "fail"}
    assert failures == {"exception"}
