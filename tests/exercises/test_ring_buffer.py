"""Exercise 11's own parts: items that tell who they are, what became of them, calls that are interrupted."""

from __future__ import annotations

import ctypes
import os
import signal
from functools import partial

import pytest

from ipclab import exercise
from ipclab.exercises.e11_ring_buffer.delivery import delivery
from ipclab.exercises.e11_ring_buffer.items import SIGNED, described, item, number_of
from ipclab.exercises.e11_ring_buffer.tracing import interrupted
from ipclab.ipc.processes import reap, spawn
from ipclab.sandbox import run


@pytest.mark.parametrize("size", [SIGNED, SIGNED + 1, 40, 4096, 70_000])
def test_an_item_knows_its_number_and_a_changed_one_does_not(size: int) -> None:
    data = item(66_000, size)
    assert (len(data), number_of(data)) == (size, 66_000)
    for position in (0, 9, size - 1):
        changed = bytearray(data)
        changed[position] ^= 1
        assert number_of(bytes(changed)) is None
    assert number_of(data[:-1]) is None
    assert described(data) != described(item(66_001, size))


def test_each_fault_of_a_delivery_is_found() -> None:
    assert delivery([[0, 2], [1, 3]], 4) == {
        "delivered": [2, 2], "lost": [], "losses": 0, "doubled": [], "doubles": 0, "unknown": [],
        "disorder": None,
    }  # fmt: skip
    found = delivery([[0, 2, 1, -1], [2, 9]], 4)
    assert (found["lost"], found["unknown"]) == ([3], [-1, 9])
    assert found["doubled"] == [[2, [1, 2]]]
    assert found["disorder"] == [1, 2, 1]


def _three_lines(write_fd: int) -> None:
    os.write(write_fd, b"1")
    os.write(write_fd, b"2")
    os.write(write_fd, b"3")


def test_a_call_is_killed_before_its_third_line() -> None:
    read_fd, write_fd = os.pipe()
    status = reap(spawn(interrupted, partial(_three_lines, write_fd), "kill", 3))
    os.close(write_fd)
    assert (status, os.read(read_fd, 10)) == (-signal.SIGKILL, b"12")
    os.close(read_fd)


class Head(ctypes.Structure):
    _fields_ = [("count", ctypes.c_uint32), ("places", ctypes.c_uint64 * 3)]

    def total(self) -> int:
        return sum(self.places) + self.count


Head.__module__ = "__main__"  # as a notebook's cell defines it


def _uses_a_structure() -> int:
    head = Head(1, (ctypes.c_uint64 * 3)(2, 3, 4))
    return Head.from_buffer_copy(bytes(head)).total()


_uses_a_structure.__module__ = "__main__"


def test_a_ctypes_structure_of_a_notebook_reaches_the_sandbox() -> None:
    assert run(_uses_a_structure).value == 10


def test_the_course_s_own_buffer_passes() -> None:
    from ipclab.ipc.ring_buffer import taught

    report = exercise(11).check_file(taught.__file__)
    assert report, str(report)
    assert report.leaks == ()
