"""The measurements agree with the kernel's documented rules, on pipes of any size."""

from __future__ import annotations

import os
from fcntl import F_SETPIPE_SZ, fcntl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipclab.experiments import pipe_filling
from ipclab.experiments.pipe_filling import fill, open_pipe, resize
from ipclab.experiments.pipe_model import PAGE_SIZE, slots_when_full

HALF = PAGE_SIZE // 2


def test_a_pipe_that_was_opened_is_closed_also_after_an_error() -> None:
    before = os.listdir("/proc/self/fd")
    with pytest.raises(ZeroDivisionError), open_pipe():
        raise ZeroDivisionError
    assert os.listdir("/proc/self/fd") == before


@pytest.mark.parametrize("slots", [1, 2, 16])
@pytest.mark.parametrize(
    "chunk_size",
    [
        *(PAGE_SIZE // 3, PAGE_SIZE // 3 + 1, HALF, HALF + 1, PAGE_SIZE - 1, PAGE_SIZE),
        *(PAGE_SIZE + 1, PAGE_SIZE + HALF, PAGE_SIZE + HALF + 1, 3 * PAGE_SIZE + 7, 100_000),
    ],
)
def test_the_rule_predicts_what_a_pipe_accepts(slots: int, chunk_size: int) -> None:
    with open_pipe() as (_, write_fd):
        capacity = fcntl(write_fd, F_SETPIPE_SZ, slots * PAGE_SIZE)
        assert fill(write_fd, chunk_size) == sum(slots_when_full(chunk_size, capacity))


@given(chunk_size=st.integers(64, 1 << 18), slots=st.integers(1, 64))
def test_the_rule_keeps_to_the_slots(chunk_size: int, slots: int) -> None:
    held = slots_when_full(chunk_size, slots * PAGE_SIZE)
    assert len(held) == slots
    assert all(0 < level <= PAGE_SIZE for level in held)


def test_chunks_of_half_a_page_and_a_byte_use_half_the_pipe() -> None:
    capacity, accepted = pipe_filling.accepted_by_chunk_size([HALF, HALF + 1, PAGE_SIZE])
    assert accepted == {
        HALF: capacity,
        HALF + 1: capacity // PAGE_SIZE * (HALF + 1),
        PAGE_SIZE: capacity,
    }


def test_poll_and_select_stop_when_the_last_slot_is_begun() -> None:
    capacity, accepted, freed = pipe_filling.accepted_by_readiness()
    assert accepted == {
        "poll": capacity - PAGE_SIZE + 1,
        "select": capacity - PAGE_SIZE + 1,
        "write": capacity,
    }
    assert freed == PAGE_SIZE


def test_a_packet_takes_a_slot_however_small() -> None:
    capacity, packets, stream = pipe_filling.accepted_in_packet_mode([1, 2, PAGE_SIZE])
    slots = capacity // PAGE_SIZE
    assert packets == {1: slots, 2: 2 * slots, PAGE_SIZE: capacity}
    assert stream == dict.fromkeys([1, 2, PAGE_SIZE], capacity)


def test_a_size_is_rounded_up_to_a_power_of_two_of_pages() -> None:
    granted, _ = pipe_filling.granted_by_requested_size([1, PAGE_SIZE, PAGE_SIZE + 1])
    assert granted == {1: PAGE_SIZE, PAGE_SIZE: PAGE_SIZE, PAGE_SIZE + 1: 2 * PAGE_SIZE}


def test_past_the_limit_the_answer_depends_on_the_privilege() -> None:
    past = pipe_filling.pipe_max_size() + 1
    granted, privileged = pipe_filling.granted_by_requested_size([past])
    assert privileged or granted[past] == "EPERM"


def test_a_pipe_in_use_is_measured_in_slots() -> None:
    _, held, granted = pipe_filling.granted_while_in_use()
    smaller, same = granted
    assert held < smaller
    assert granted == {smaller: "EBUSY", same: same}


def test_a_refusal_has_the_name_of_its_errno() -> None:
    with open(os.devnull) as file:
        assert resize(file.fileno(), PAGE_SIZE) == "EBADF"
