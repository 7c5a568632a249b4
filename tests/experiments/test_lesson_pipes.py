"""The lesson on pipes, and the first notebook: their measurements show what the prose says."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ipclab import experiments
from ipclab.experiments import lesson_pipes_trials as trials
from ipclab.experiments.lesson_pipes import DescriptorTables, Moment, OneByte
from ipclab.ipc.pipes import Pipe

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
BOTH = ((3, "read"), (4, "write"))
frugal = pytest.mark.usefixtures("no_descriptor_left")


@pytest.fixture
def no_descriptor_left() -> Iterator[None]:
    before = os.listdir("/proc/self/fd")
    yield
    assert os.listdir("/proc/self/fd") == before


@frugal
def test_one_of_two_readers_gets_the_byte() -> None:
    rounds = trials.two_readers(30)
    assert set(rounds) <= {(1, 0), (0, 1)}
    assert len(rounds) == 30


def test_rounds_are_counted_by_who_got_the_byte() -> None:
    result = OneByte(((1, 0), (0, 1), (1, 1), (0, 0), (0, 1)))
    assert (result.both, result.one, result.neither) == (1, 3, 1)
    assert "5 rounds" in repr(result)
    assert result.plot().alt


@frugal
def test_tables_show_who_holds_the_pipe() -> None:
    assert trials.descriptor_tables()[1:] == [
        ("fork", held := trials_ends(), held, 0),
        ("close", held[:1], held[1:], 0),
        ("write and exit", held[:1], None, 5),
    ]


def trials_ends() -> trials.Table:
    """The entries that the next pipe of this process gets."""
    with Pipe() as pipe:
        return trials.table_of(os.getpid(), pipe)


@frugal
def test_a_table_leaves_other_pipes_out() -> None:
    with Pipe() as pipe, Pipe():
        ends = ((pipe.read_end.fd, "read"), (pipe.write_end.fd, "write"))
        assert trials.table_of(os.getpid(), pipe) == ends


def test_tables_print_and_draw_themselves() -> None:
    moments = (Moment("pipe2", BOTH, None, 0), Moment("close", BOTH[:1], BOTH[1:], 7))
    tables = DescriptorTables(moments)
    assert "3 read, 4 write" in repr(tables)
    assert "7 bytes wait" in tables.plot().alt


def test_bytes_that_wait_are_counted() -> None:
    with Pipe() as pipe:
        os.write(pipe.write_end.fd, b"x" * 300)
        assert trials.waiting_in(pipe) == 300


@frugal
@pytest.mark.parametrize(
    "call, counts",
    [("os.pipe()", (2, 0)), ("os.pipe2(0)", (2, 2)), ("os.pipe2(os.O_CLOEXEC)", (2, 0))],
)
def test_only_ends_without_cloexec_live_on_after_exec(call: str, counts: tuple[int, int]) -> None:
    assert trials.ends_open(call) == counts


@frugal
def test_a_buffered_line_comes_out_once_more_for_a_child_that_exits_normally(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")  # a learner's environment may say so
    normally, *otherwise = trials.times_printed().values()
    assert normally == 2
    assert otherwise == [1, 1, 1, 1]


@frugal
def test_a_terminal_is_read_to_its_end() -> None:
    printed = trials.to_a_terminal("for number in range(2000): print(number)")
    assert printed.split() == [b"%d" % number for number in range(2000)]


@pytest.mark.parametrize("leave", trials.LEAVE.values())
def test_the_program_that_is_shown_is_the_one_that_runs(leave: str) -> None:
    source = trials.program(leave)
    compile(source, "program.py", "exec")
    assert leave in source and len(source.splitlines()) == 6


def test_the_experiments_return_what_was_measured() -> None:
    lesson = experiments.lesson_pipes
    assert lesson.one_byte(rounds=3).one == 3
    assert [moment.waiting for moment in lesson.descriptor_tables().moments] == [0, 0, 0, 5]
    assert lesson.over_exec().ends["os.pipe2(0)"] == (2, 2)
    assert "both exit normally" in repr(lesson.printed_before_fork())


@pytest.mark.parametrize("name", ["00_start_here.ipynb", "00a_lesson_pipes.ipynb"])
def test_links_lead_to_notebooks_that_exist(name: str) -> None:
    cells = json.loads((NOTEBOOKS / name).read_text())["cells"]
    text = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    targets = re.findall(r"\]\((.+?)\)", text)
    assert targets
    assert [target for target in targets if not (NOTEBOOKS / target).is_file()] == []
