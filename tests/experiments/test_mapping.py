"""Notebook 10: what the prose says of mappings holds on this system, and results print and draw."""

from __future__ import annotations

import signal

from ipclab import experiments
from ipclab.experiments import mapping_trials as trials
from ipclab.experiments.mapping import AgainstRead
from ipclab.sandbox import run

mapping = experiments.mapping


def test_cat_sees_a_store_through_a_shared_mapping_only() -> None:
    array = mapping.as_an_array()
    assert array.found["shared"] == ("hello, file", "HELLO, file", "HELLO, file")
    assert array.found["private"] == ("hello, file", "hello, file", "HELLO, file")
    assert "cat before" in repr(array)


def test_anonymous_memory_is_common_after_fork_if_it_is_shared() -> None:
    assert mapping.across_fork() == {"shared": 7, "private": 0}


def test_a_killed_process_leaves_its_stores_in_the_file() -> None:
    assert mapping.survives_a_kill() == "HELLO, file"


def test_behind_the_end_there_are_zeros_up_to_the_end_of_the_page_only() -> None:
    assert run(mapping.past_the_end, 0).value == 0
    assert run(mapping.past_the_end, 1).exit_status == -signal.SIGBUS


def test_a_page_faults_once_at_most() -> None:
    faults = mapping.faults()
    for kind in faults.rounds:
        assert faults.first(kind) <= faults.pages
        assert faults.second(kind) == 0
    assert str(faults.pages) in repr(faults).replace(",", "")
    faults.plot()


def test_the_crossover_is_where_pread_takes_longer_in_most_rounds() -> None:
    slower, faster = ((1.0, 2.0),) * 3, ((3.0, 2.0),) * 3
    found = AgainstRead((1, 8, 64), {"some": (slower, faster, faster), "none": (slower,) * 3})
    assert (found.crossover("some"), found.crossover("none")) == (8, None)
    assert "0.50 to 0.50" in repr(found)


def test_mapping_and_reading_are_compared_over_the_same_places() -> None:
    found = mapping.against_read((1, 8))
    assert all(len(pairs) == 2 for pairs in found.pairs.values())
    assert trials.in_order(3, 10) == [0, 10, 20]
    assert all(0 <= at <= trials.SIZE - 8 for at in trials.some_places(100))
    found.plot()
