"""A trace is drawn so that everybody can read it; what has no room is counted."""

from __future__ import annotations

import itertools
import os
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg

from ipclab.sandbox import Call, Moment, Trace, run
from ipclab.sandbox.flags import Flag, rows_of
from ipclab.sandbox.look import png

MS = 0.001
AGES = ["parent", "child", *(f"great-grandchild {number}" for number in range(12))]


def call(process, name="read", start=0.0, duration=0.01, **more) -> Call:
    facts = {
        "pid": AGES.index(process),
        "arguments": ("3", '"x"', "1"),
        "result": 1,
        "errno": None,
    }
    return Call(
        process, name=name, start=start * MS, duration=duration and duration * MS, **facts | more
    )


def texts_of(picture):
    return [text for axes in picture.axes for text in axes.texts if text.get_text()]


def check_layout(picture):
    """No label covers another or leaves the figure, and all are large enough for a projector."""
    renderer = FigureCanvasAgg(picture).get_renderer()
    picture.draw(renderer)
    boxes = [(text, text.get_window_extent(renderer)) for text in texts_of(picture)]
    for (one, box), (other, other_box) in itertools.combinations(boxes, 2):
        assert not box.shrunk(0.98, 0.85).overlaps(other_box.shrunk(0.98, 0.85)), f"{one}, {other}"
    for text, box in boxes:
        assert text.get_fontsize() >= 12
        assert picture.bbox.x0 <= box.x0 and box.x1 <= picture.bbox.x1, f"{text} leaves the figure"
        assert picture.bbox.y0 <= box.y0 and box.y1 <= picture.bbox.y1, f"{text} leaves the figure"
    assert png(picture).startswith(b"\x89PNG")


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_a_wait_and_what_ended_it():
    trace = Trace((
        call("parent", start=0.1, duration=12.4, blocked=True, woken_by=1),
        call("child", "write", start=12, arguments=("4", '"x"', "1")),
    ))  # fmt: skip
    picture = trace.plot()
    check_layout(picture)
    words = [text.get_text() for text in texts_of(picture)]
    assert "parent waited 12.4 ms in read(3), until child called write(4)" in words
    assert {"parent", "child", "read(3) = 1", "write(4) = 1"} <= set(words)
    assert picture.alt == (
        "Timeline of the system calls of parent and child:"
        " parent waited in read(3), until child called write(4)."
    )
    assert picture.axes[1].get_xlabel() == "milliseconds since the function was called"


def test_what_never_ended_and_what_befell():
    trace = Trace(
        (call("parent", blocked=True, duration=None, result=None), call("child", "exit_group")),
        (Moment("child", "SIGPIPE", 1 * MS), Moment("child", "killed by SIGPIPE", 2 * MS)),
    )
    picture = trace.show()
    check_layout(picture)
    words = [text.get_text() for text in texts_of(picture)]
    assert "Still waiting when the run was stopped: parent in read(3)" in words
    assert {"read(3): never ended", "SIGPIPE", "killed by SIGPIPE"} <= set(words)


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2, 3, 12])
@pytest.mark.parametrize("calls", [1, 30, 400])
def test_nothing_overlaps(processes, calls):
    names = [f"great-grandchild {number}" for number in range(processes)]
    made = [
        call(name, start=(7 * number) % 53 + 0.01 * number, blocked=number % 9 == 0)
        for number in range(calls)
        for name in names
    ]
    made.sort(key=lambda each: each.start)
    picture = Trace(tuple(made)).plot()
    check_layout(picture)
    note = [text.get_text() for text in texts_of(picture) if "Left out here" in text.get_text()]
    assert bool(note) == (calls > 1 or processes > 8), note


@pytest.mark.slow
def test_long_names_have_room():
    target = "/home/学生/$very$/" + "long" * 60
    arguments = ("AT_FDCWD", f'"{target}"', "O_RDONLY|O_NONBLOCK|O_CREAT|O_CLOEXEC")
    made = [
        call("parent", "openat", n, arguments=arguments, blocked=True, errno="ENXIO", target=target)
        for n in (0, 50, 100)
    ]
    check_layout(Trace(tuple(made), problem="strace ended").plot())


@pytest.mark.slow
def test_a_real_run():
    def talk():
        read_fd, write_fd = os.pipe()
        for _ in range(3):
            if os.fork() == 0:
                os.close(read_fd)
                for _ in range(20):
                    os.write(write_fd, b"x")
                os._exit(0)
        os.close(write_fd)
        while os.read(read_fd, 7):
            pass
        for _ in range(3):
            os.wait()

    check_layout(run(talk, trace=True, deadline=30.0).trace.plot())


FLAGS = st.lists(
    st.builds(Flag, st.floats(0, 10), st.floats(0.1, 3), st.integers(0, 4).map(float)), max_size=25
)


@settings(deadline=None)
@given(FLAGS, st.integers(1, 6))
def test_no_flag_covers_another_or_its_leader(flags, most):
    rows = rows_of(flags, most)
    assert all(0 <= row < most for row in rows.values())
    for one, other in itertools.permutations(rows, 2):
        (left, width, _), (at, _, _) = flags[one], flags[other]
        if left < at <= left + width:
            assert rows[one] > rows[other], "a leader rises through a flag above it"


@settings(deadline=None)
@given(FLAGS)
def test_with_room_enough_every_flag_flies(flags):
    assert len(rows_of(flags, 25)) == len(flags)


def test_the_heaviest_stay():
    crowd = [Flag(at / 100, 1.0, float(at == 5)) for at in range(10)]
    assert 5 in rows_of(crowd, 2)
