"""The search finds every state in which a program can end, and the same schedule on every run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from random_programs import compare  # noqa: E402

from ipclab.explorer.search import decode, encode  # noqa: E402


def agreement(seeds: range, least: int) -> None:
    compared = 0
    for seed in seeds:
        for waits in (False, True):
            ends = compare(seed, waits, 1.0)
            if ends is not None:
                compared += 1
                assert ends[0] == ends[1], f"program {seed} (waits: {waits})"
            if compared == least:
                return
    pytest.fail(f"only {compared} programs were small enough")


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("part", range(2))
def test_pruning_loses_no_end_state(part: int) -> None:
    agreement(range(1000 * part, 1000 * part + 400), 25)


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(10))
def test_pruning_loses_no_end_state_of_a_thousand(part: int) -> None:
    agreement(range(10_000 + 1000 * part, 10_000 + 1000 * part + 900), 100)


PROGRAM = """
import sys
sys.path.insert(0, {here!r})
from programs.racy import RACY
from ipclab.explorer import explore
for name in ("struct", "check_then_act", "lock_order"):
    functions, keywords, _ = RACY[name]
    found = explore(functions, **keywords)
    print(name, found.failure.schedule, found.failure.diagnosis, found.schedules)
"""


def test_the_schedule_does_not_depend_on_the_hash_seed() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM.format(here=str(HERE))],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
    assert "lost-update" in outputs.pop()


@pytest.mark.parametrize(
    ("schedule", "text"),
    [((), ""), ((0, 0, 1, 0), "A2B1A1"), ((0, -1, 1), "A1!B1"), ((1, 1, -2, 0, -1), "B2!A1!")],
)
def test_a_schedule_as_text(schedule: tuple[int, ...], text: str) -> None:
    assert encode(schedule) == text
    assert decode(text, 2) == schedule


@pytest.mark.parametrize("text", ["a1", "A", "1A", "A1 B2", "C1"])
def test_what_is_no_schedule(text: str) -> None:
    with pytest.raises(ValueError, match="schedule"):
        decode(text, 2)
