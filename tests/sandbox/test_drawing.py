"""A run is drawn so that everybody can read it: by eye, by ear, and on a projector."""

from __future__ import annotations

import dataclasses
import itertools
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import FancyBboxPatch

from ipclab.sandbox import Descriptor, Leak, Process, Raised, Run, Stuck, Wait, run
from ipclab.sandbox.canvas import clean, fitted, text_width, wrapped
from ipclab.sandbox.look import png
from ipclab.sandbox.phrases import wanted
from ipclab.sandbox.scene import compose, place_in_family

MEBIBYTE = bytes(1 << 20)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# Functions that are really run


def reads_one_stream_while_the_other_fills():
    out_read, out_write = os.pipe()
    err_read, err_write = os.pipe()
    if os.fork() == 0:
        os.write(err_write, MEBIBYTE)
        os._exit(0)
    os.close(out_write)
    os.close(err_write)
    os.read(out_read, 1)


def forgets_its_own_write_end():
    read_fd, write_fd = os.pipe()
    os.read(read_fd, 1)


def joins_two_programs_and_waits():
    first = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    second = subprocess.Popen(["tee"], stdin=first.stdout, stdout=subprocess.PIPE)
    second.stdout.read()


def leaves_a_zombie():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)


def returns():
    return 1


def test_a_deadlock_is_told_in_one_sentence():
    picture = run(reads_one_stream_while_the_other_fills, deadline=20).show()
    assert picture.alt == (
        "Deadlock: parent reads one pipe while child waits for room in another, which only parent "
        "could make; drawn: parent (blocked in read(3)) and child (blocked in write(6)); "
        "pipe 1, empty, leads from child (fd 4) to parent (fd 3) and child (fd 3); "
        "pipe 2, full, leads from child (fd 6) to parent (fd 5) and child (fd 5); "
        "parent waits for bytes from pipe 1, which depends on child; "
        "child waits for room in pipe 2, which depends on parent; "
        "a thick line marks the cycle: parent for child and child for parent."
    )
    assert texts_of(picture) >= {"cycle", "blocked", "full: 65,536 bytes", "fd 6 write"}
    check_layout(picture)


def test_a_forgotten_close_is_marked():
    picture = run(forgets_its_own_write_end, deadline=20).show()
    assert "marked as left open: the write end of the pipe in parent (fd 4)." in picture.alt
    assert "bytes from the pipe, which depends on it alone" in picture.alt
    assert texts_of(picture) >= {"left open", "blocked", "itself", "fd 3 read", "fd 4 write"}


def test_programs_are_named_and_a_longer_cycle_is_followed():
    picture = run(joins_two_programs_and_waits, deadline=20).show()
    assert (
        "the cycle: parent for child 2, child 2 for child 1 and child 1 for parent" in picture.alt
    )
    assert texts_of(picture) >= {"cat", "tee", "cycle"}
    check_layout(picture)


def test_what_is_left_behind_is_shown():
    picture = run(leaves_a_zombie, deadline=20).show()
    assert picture.alt.endswith("and child (ended, not reaped).")
    assert "left behind 1 zombie" in picture.alt
    assert "left behind" in texts_of(picture)
    check_layout(picture)


def test_an_uneventful_run_is_drawn_too():
    picture = run(returns).show()
    assert picture.alt == "The function returned and left nothing behind; drawn: parent (returned)."
    check_layout(picture)


@pytest.mark.slow
@pytest.mark.parametrize(
    "function", [reads_one_stream_while_the_other_fills, forgets_its_own_write_end]
)
def test_the_words_do_not_change_from_run_to_run(function):
    first, second = (run(function, deadline=20, sealed=sealed).show() for sealed in (True, False))
    assert repr(first) == str(second) == f"Figure: {first.alt}"


@pytest.mark.slow
def test_drawing_needs_no_pyplot():
    code = (
        "import sys; from ipclab.sandbox import run; assert 'matplotlib' not in sys.modules\n"
        "from ipclab.sandbox.look import png; png(run(int).show()); print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# Records made by hand: every number of processes and pipes


def made(parts: dict) -> Run:
    empty = {"value": None, "exception": None, "exit_status": 0, "stdout": b"", "stderr": b"",
             "seconds": 0.1, "stuck": None, "leaks": (), "processes": ()}  # fmt: skip
    return Run(**{**empty, **parts})


def names_of(processes: int) -> list[str]:
    children = [f"child {number}" for number in range(1, processes)]
    return ["parent", *(children if processes > 2 else ["child"])][:processes]


def ends_of(pipes: int) -> tuple[Descriptor, ...]:
    collecting = [Descriptor(n, f"pipe:[{n}]", n, "write", True) for n in (1, 2)]
    ends = [
        Descriptor(
            3 + 2 * pipe + (access == "write"), f"pipe:[{100 + pipe}]", 100 + pipe, access, True
        )
        for pipe in range(pipes)
        for access in ("read", "write")
    ]
    return (Descriptor(0, "/dev/null", 9, "read", False), *collecting, *ends)


def stuck_run(processes: int, pipes: int) -> dict:
    """Everybody holds every end, reads one pipe, and waits for all others."""
    names = names_of(processes)
    blocked = []
    for number, name in enumerate(names):
        everybody = tuple(range(2, processes + 2))
        read_fd = 3 + 2 * (number % pipes) if pipes else 0
        wait = Wait(
            f"read({read_fd})", "the pipe is empty", "bytes", (read_fd,), releasers=everybody
        )
        if not pipes:
            wait = Wait("waitpid(-1)", "it waits for a child to end", "end", releasers=everybody)
        blocked.append(
            Process(
                name, number + 2, 1, "python", "sleeping", ends_of(pipes),
                waits=(wait,),
                stack=(f"solution.py, line {number} in {name}",),
            )
        )  # fmt: skip
    cause = (
        "parent waits for bytes or end of file, and neither can come:"
        " it still holds a write end of the pipe (fd 4)."
    )
    cycle = tuple(names[:3]) if processes > 1 else ()
    stuck = Stuck("write-end-left-open", cause, (), cycle, (("parent", 4),), proved=True)
    return {"stuck": stuck, "processes": tuple(blocked), "exit_status": None}


def texts_of(picture) -> set[str]:
    return {text.get_text() for text in picture.axes[0].texts}


def check_layout(picture) -> None:
    """No text covers another one, leaves the figure or its own box, or is too small to read."""
    FigureCanvasAgg(picture)
    picture.draw_without_rendering()
    renderer = picture.canvas.get_renderer()
    texts = {text: text.get_window_extent(renderer) for text in picture.axes[0].texts}
    for (one, box), (other, other_box) in itertools.combinations(texts.items(), 2):
        assert not box.shrunk(0.98, 0.9).overlaps(other_box.shrunk(0.98, 0.9)), (
            f"{one} covers {other}"
        )
    boxes = [
        p.get_window_extent(renderer)
        for p in picture.axes[0].patches
        if isinstance(p, FancyBboxPatch)
    ]
    for text, box in texts.items():
        assert text.get_fontsize() >= 12
        assert picture.bbox.x0 <= box.x0 and box.x1 <= picture.bbox.x1, f"{text} leaves the figure"
        assert picture.bbox.y0 <= box.y0 and box.y1 <= picture.bbox.y1, f"{text} leaves the figure"
        middle = ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
        for around in (around for around in boxes if around.contains(*middle)):
            assert around.x0 <= box.x0 and box.x1 <= around.x1, f"{text} leaves its box"


@pytest.mark.slow
@pytest.mark.parametrize("processes", range(1, 7))
@pytest.mark.parametrize("pipes", [0, 1, 3, 6])
def test_nothing_overlaps(processes, pipes):
    check_layout(made(stuck_run(processes, pipes)).show())


@pytest.mark.slow
def test_long_and_foreign_texts_stay_in_their_places():
    parts = stuck_run(6, 6)
    files = tuple(
        Descriptor(number, f"/home/学生/$very$/{'long' * 20}/{number}", number, "read", False)
        for number in range(100, 120)
    )
    parts["processes"] = tuple(
        dataclasses.replace(
            process,
            name=process.name.replace("child", "great-grandchild"),
            command=f"/usr/bin/программа\n{'x' * 5000}",
            descriptors=process.descriptors + files,
        )
        for process in parts["processes"]
    )
    picture = made(parts).show()
    check_layout(picture)
    assert "and 17 more" in texts_of(picture)
    assert png(picture).startswith(b"\x89PNG")


@pytest.mark.slow
def test_what_is_too_much_is_said_in_words():
    scene_of = made(stuck_run(9, 8)).show()
    assert "not drawn: 3 processes (3 sleeping) and 2 pipes." in scene_of.alt
    assert "Not drawn: 3 processes (3 sleeping) and 2 pipes." in texts_of(scene_of)
    check_layout(scene_of)


def test_the_most_telling_processes_are_kept():
    parts = stuck_run(9, 2)
    quiet = tuple(
        dataclasses.replace(process, waits=(), state="ended", descriptors=())
        if process.name in ("child 3", "child 4", "child 5") else process
        for process in parts["processes"]
    )  # fmt: skip
    scene = compose(made({**parts, "processes": quiet}))
    shown = [card.name for card in scene.cards]
    assert shown == ["parent", "child 1", "child 2", "child 6", "child 7", "child 8"]


def test_a_run_of_which_no_process_is_known_is_drawn():
    picture = made({"exit_status": -9}).show()
    assert picture.alt.startswith("The function's process was killed by signal 9")
    check_layout(picture)


def test_an_exception_and_leaked_descriptors():
    process = Process("parent", 2, 1, "python", "sleeping", ends_of(1))
    leaks = (
        Leak("descriptor", "descriptor 4 is still open (pipe:[100])", 4),
        Leak("fifo", "FIFO /tmp/a still exists"),
    )
    result = made({"exception": Raised("OSError", "[Errno 9]", 9, ""), "exit_status": 1,
                   "processes": (process,), "leaks": leaks})  # fmt: skip
    assert result.show().alt == (
        "The function raised OSError and left behind 1 descriptor and 1 FIFO; drawn: parent (raised OSError); "
        "the pipe leads from parent (fd 4) to parent (fd 3); marked as left open: the write end of the pipe "
        "in parent (fd 4)."
    )


def test_collecting_pipes_are_hidden_unless_somebody_is_blocked_on_them():
    process = Process("parent", 2, 1, "python", "sleeping", ends_of(0))
    assert compose(made({"processes": (process,)})).pipes == ()
    wait = Wait("write(1)", "the pipe is full", "room", (1,), held=65_536)
    blocked = dataclasses.replace(process, waits=(wait,))
    (pipe,) = compose(made({"processes": (blocked,)})).pipes
    assert (pipe.name, pipe.level, pipe.remark) == ("the pipe", "full", "full: 65,536 bytes")


def test_a_descriptor_that_both_reads_and_writes_is_both_ends():
    fifo = Descriptor(3, "/tmp/queue", 7, "read and write", True)
    process = Process(
        "parent", 2, 1, "python", "sleeping", (fifo, dataclasses.replace(fifo, number=5))
    )
    (pipe,) = compose(made({"processes": (process,)})).pipes
    assert pipe.name == "FIFO queue"
    assert [(port.end, port.numbers) for port in pipe.ports] == [
        ("read", (3, 5)),
        ("write", (3, 5)),
    ]


@pytest.mark.parametrize(
    ("wait", "pipes", "what"),
    [
        (Wait("read(3)", "", "bytes", (3,)), ["pipe 1"], "bytes from pipe 1"),
        (Wait("poll(3, 5)", "", "", (3, 5)), ["pipe 1", "pipe 2"], "pipe 1 or pipe 2"),
        (Wait("write(4)", "", "room", (4,)), [], "room in fd 4"),
        (Wait("waitpid(-1)", "", "end"), [], "the end of a child"),
        (Wait("open('a')", "", "fifo"), [], "the FIFO's other end"),
        (Wait("ioctl", ""), [], "something else"),
    ],
)
def test_what_is_waited_for_in_words(wait, pipes, what):
    assert wanted(wait, pipes, []) == what


def test_names_are_sorted_as_people_count():
    names = ["orphan", "child 10", "grandchild", "child 2", "parent"]
    assert sorted(names, key=place_in_family) == [
        "parent",
        "child 2",
        "child 10",
        "grandchild",
        "orphan",
    ]


def test_texts_are_made_to_fit():
    assert fitted("short", 5) == "short"
    assert re.fullmatch(r"x+…x+", fitted("x" * 99, 1))
    assert text_width(fitted("x" * 99, 1)) <= 1
    lines = wrapped("one two three " * 30, 2)
    assert len(lines) == 3
    assert max(map(text_width, lines)) <= 2
    assert clean("a\nß\x1b学…") == "a?ß??…"


def test_this_machine_does_not_appear():
    assert str(Path.home()) not in made(stuck_run(3, 3)).show().alt
