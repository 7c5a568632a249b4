"""Notebook 2: the calls answer as the prose says, and a wrong rule is found out."""

from __future__ import annotations

import os

import pytest

from ipclab import experiments
from ipclab.experiments import names_trials as trials
from ipclab.experiments.names import Answers, shown
from ipclab.ipc.names import valid_name


def test_both_calls_say_what_the_table_shows() -> None:
    answers = experiments.names.answers(["/name", "name", "/a/b", "/" + "x" * 252])
    assert answers.said("/name") == answers.said("name") == ("", "")
    assert all(answers.said("/a/b"))
    assert answers.said("/" + "x" * 252) == ("", "ENAMETOOLONG")
    assert answers.beyond_the_rule == ["name"]
    assert "created" in repr(answers) and "ENAMETOOLONG" in repr(answers)


def test_an_object_is_removed_again_after_it_was_tried() -> None:
    before = set(os.listdir("/dev/shm")), os.listdir("/proc/self/fd")
    name = f"/ipclab-{os.getuid()}-{os.getpid()}-try".encode()
    assert [trials.create(kind, name) for kind in ("shm", "sem")] == ["", ""]
    assert (set(os.listdir("/dev/shm")), os.listdir("/proc/self/fd")) == before


def test_the_longest_names_end_where_a_file_name_does() -> None:
    limits = experiments.names.limits("xé")
    most = os.pathconf("/dev/shm", "PC_NAME_MAX")
    assert limits.bytes_of("shm_open") == most
    assert limits.bytes_of("sem_open") == most - 4


def test_a_semaphore_is_a_file_with_a_counter() -> None:
    folder = experiments.names.one_folder()
    assert (folder.entries, folder.counter) == (("sem.x",), (3, 4, 2))


def beginning_only(name: str) -> bool:
    return name.startswith("/")


def raises_for_no_letters(name: str) -> bool:
    return name[0] == "/" and valid_name(name)


def one_byte_too_many(name: str) -> bool:
    return valid_name(name) or (valid_name(name[:-1]) and len(name.encode()) == 253)


@pytest.mark.parametrize(
    ("rule", "name", "said"),
    [
        (beginning_only, "/", "True"),
        (raises_for_no_letters, "", "IndexError: string index out of range"),
        (one_byte_too_many, "/" + "a" * 252, "True"),
    ],
)
def test_the_simplest_counterexample_is_found(rule, name: str, said: str) -> None:
    found = experiments.names.counterexample(rule)
    assert found is not None
    assert (found.name, found.rule) == (name, said)
    assert not found.right
    assert shown(name) in repr(found)


def test_nothing_is_said_about_the_right_rule() -> None:
    assert experiments.names.counterexample(valid_name) is None


def test_the_figure_tells_in_words_how_many_names_are_beyond_the_rule() -> None:
    result = Answers(("/a", "a"), (True, False), (("", ""), ("", "")))
    assert "create 1 names" in result.plot().alt
