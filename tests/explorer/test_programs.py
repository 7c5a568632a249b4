"""Every racy program is caught, with the fitting diagnosis; every right one is covered and unfailed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ipclab.explorer import explore, replay

sys.path.insert(0, str(Path(__file__).parent))

from programs.racy import RACY
from programs.right import RIGHT


@pytest.mark.slow
@pytest.mark.parametrize("name", RACY)
def test_a_racy_program_is_caught_and_replayed(name: str) -> None:
    functions, keywords, accepted = RACY[name]
    found = explore(functions, **keywords)
    assert found.failure is not None, str(found)
    assert found.failure.diagnosis in accepted, str(found)
    assert not found.complete
    again = replay(found.failure.schedule, functions, **keywords)
    assert again.failure is not None, str(again)
    assert again.failure.diagnosis == found.failure.diagnosis
    assert again.failure.schedule == found.failure.schedule


@pytest.mark.slow
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_program_is_covered_and_unfailed(name: str) -> None:
    functions, keywords = RIGHT[name]
    found = explore(functions, **keywords)
    assert found.failure is None, str(found)
    assert found.complete
    assert found.max_preemptions >= 2


def test_there_are_enough_programs() -> None:
    assert len(RACY) >= 40
    assert len(RIGHT) >= 20
