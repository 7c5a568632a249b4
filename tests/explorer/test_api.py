"""`explore` and `replay` as a learner meets them."""

from __future__ import annotations

import itertools
import os
from typing import Any

import pytest

from ipclab.explorer import NotSimulated, explore, replay
from ipclab.ipc import counting


def increments(memory: Any, lock: Any) -> None:
    memory[0] += 1


def writes(memory: Any, lock: Any) -> None:
    memory[0] = 1


def forks(memory: Any, lock: Any) -> None:
    os.fork()


def endless_generator(memory: Any, lock: Any) -> bool:
    return any(each < 0 for each in itertools.count())


def closes(memory: Any, lock: Any) -> int:
    memory[0] = 1
    memory.close()
    return int(memory[0])


def scans(memory: Any, lock: Any) -> int:
    found = 0
    for place in range(4):
        found += memory[place]
    return found


def fills(memory: Any, lock: Any) -> None:
    memory[1] = 1
    memory[2] = 1


def two(memory: bytes, results: list[Any]) -> bool:
    return memory[0] == 2


def test_the_timeline_shows_the_learners_lines_and_values() -> None:
    found = explore([increments, increments], invariant=two)
    text = str(found.failure)
    assert "memory[0] += 1" in text
    assert "reads 0" in text
    assert "switch to B" in text
    assert found.failure is not None and found.failure.schedule == "A1B2A1"
    assert max(map(len, text.splitlines())) <= 120
    assert "lost-update" in repr(found)


def test_the_same_schedule_twenty_times() -> None:
    schedules = {
        getattr(explore([increments, increments], invariant=two).failure, "schedule", None)
        for _ in range(20)
    }
    assert schedules == {"A1B2A1"}


def test_what_was_covered_is_said() -> None:
    found = explore([writes, writes])
    assert found.complete and found.failure is None and bool(found)
    assert "sequentially consistent" in repr(found)


def test_a_picture_has_a_text() -> None:
    failure = explore([increments, increments], invariant=two).failure
    assert failure is not None
    assert "lost-update" in failure.plot().alt


def test_a_diverged_replay_says_so() -> None:
    assert "diverged" in str(replay("A9", [writes, writes]))


def test_use_after_close_is_an_exception() -> None:
    failure = explore([closes]).failure
    assert failure is not None and failure.diagnosis == "exception"
    assert "closed" in failure.message


def test_a_scan_of_equal_values_is_no_waiting() -> None:
    seen = explore([scans, fills], invariant=lambda memory, results: results[0] != 1)
    assert seen.failure is not None


def test_a_generator_without_end_is_a_hang() -> None:
    failure = explore([endless_generator, writes]).failure
    assert failure is not None and failure.diagnosis == "hang"


def test_a_fork_is_not_simulated() -> None:
    with pytest.raises(NotSimulated, match=r"os\.fork"):
        explore([forks])


def test_a_function_without_source() -> None:
    with pytest.raises(TypeError, match="source"):
        explore([eval("lambda memory, lock: 1")])


@pytest.mark.parametrize("keywords", [{"size": 0}, {"size": 1, "initial": b"12"}, {"crashes": -1}])
def test_impossible_arguments(keywords: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        explore([writes], **keywords)


def counts_through_its_module(memory, lock):
    counting.increment_without_lock(memory, 1)


def test_the_course_s_own_primitives_are_explored_like_the_learner_s_code():
    found = explore(
        [counts_through_its_module] * 2,
        invariant=lambda memory, results: int.from_bytes(memory[:8], "little") == 2,
    )
    assert found.failure is not None and found.failure.diagnosis == "lost-update"
