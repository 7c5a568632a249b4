"""The lesson on shared memory: each call does what the prose says, also on a busy machine."""

from __future__ import annotations

import pytest

from ipclab import experiments
from ipclab.experiments import lesson_memory_trials as trials
from ipclab.sandbox import run

lesson = experiments.lesson_memory


def test_each_call_shows_somewhere() -> None:
    steps = lesson.steps().steps
    assert steps["shm_open"] == (("lesson",), 0, False, None)
    assert steps["ftruncate"] == (("lesson",), 8192, False, None)
    assert steps["close"] == (("lesson",), 8192, True, None)
    assert [steps[call][3] for call in ("sem_open", "sem_wait", "sem_post")] == [1, 0, 1]
    assert steps["shm_unlink"][:3] == (("sem.lesson",), None, True)
    assert steps["munmap, sem_close"] == ((), None, False, None)


@pytest.mark.parametrize(
    "trial",
    [
        trials.steps, trials.address_spaces, trials.as_a_file, trials.strangers, trials.after_a_death,
        trials.pack_into_zeroes,
    ],
)  # fmt: skip
def test_nothing_is_left_behind(trial) -> None:
    result = run(trial, deadline=60.0)
    assert result.ok, str(result)


def test_two_programs_have_one_object() -> None:
    spaces = lesson.address_spaces()
    assert (spaces.here.inode, spaces.here.offset) == (spaces.there.inode, spaces.there.offset)
    assert spaces.read_there == b"hello"
    assert spaces.here.addresses.partition("-")[0] in {
        text.get_text().removeprefix("from ") for text in spaces.plot().axes[0].texts
    }


def test_the_shell_sees_files() -> None:
    shell = lesson.as_a_file()
    assert (shell.mode, shell.cat, shell.od) == ("600", "hello\n", "3")


@pytest.mark.slow
def test_only_one_order_of_starting_works() -> None:
    assert lesson.strangers().outcomes == {
        "after the writer": "6 squared is 36",
        "before the writer": "ExistentialError",
        "between shm_open and ftruncate": "killed by SIGBUS",
        "between ftruncate and sem_open": "ExistentialError",
        "after the names were unlinked": "ExistentialError",
        "the writer, after a crash of the first": "ExistentialError",
    }


def test_a_dead_holder_keeps_a_semaphore_and_no_file_lock() -> None:
    death = lesson.after_a_death()
    assert (death.flock_is_free, death.semaphore) == (True, 0)


def test_pack_into_writes_zeros_first() -> None:
    packing = lesson.pack_into_zeroes()
    assert packing.before == b"\x11" * 8
    assert packing.meanwhile == bytes(8)
    assert packing.after == (1 << 40).to_bytes(8, "little")
