"""The words of a drawing can be read by everybody in the room, from a projector's 1280 pixels."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from itertools import product

import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from ipclab.sandbox import Run, drawing, run
from ipclab.sandbox.look import LOOK, Picture, picture

OUTPUT = 1089  # pixels for a figure in JupyterLab, 1280 wide, beside the prompts
SMALLEST = 11  # pixels
CONTRAST = 4.5  # WCAG 2.2, 1.4.3: for text of usual size
SHEETS = ("white", drawing.BAND)  # what coloured words stand on


def holds_its_own_write_end() -> None:
    read_fd, _ = os.pipe()
    os.read(read_fd, 1)


def both_wait() -> None:
    first_read, first_write = os.pipe()
    second_read, second_write = os.pipe()
    if os.fork() == 0:
        os.read(second_read, 1)
        os._exit(0)
    os.read(first_read, 1)


def leaves_children_behind() -> None:
    read_fd, _ = os.pipe()
    for _ in range(5):
        if os.fork() == 0:
            os.read(read_fd, 1)
            time.sleep(1000)
    os.read(read_fd, 1)


RUNS = (holds_its_own_write_end, both_wait, leaves_children_behind)


def luminance(color: object) -> float:
    """WCAG's relative luminance, 0 to 1."""
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def contrast(one: object, other: object) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def texts(drawn: Picture) -> list[Text]:
    return [text for text in drawn.findobj(Text) if text.get_text() and text.get_visible()]


def too_pale(drawn: Picture) -> set[str]:
    pairs = product(texts(drawn), SHEETS)
    return {
        text.get_text()
        for text, sheet in pairs
        if contrast(text.get_color(), sheet) < CONTRAST
    }  # fmt: skip


def too_small(drawn: Picture) -> dict[str, float]:
    width = drawn.get_size_inches()[0] * LOOK["savefig.dpi"]
    shown = min(1, OUTPUT / width) * LOOK["savefig.dpi"] / 72
    sizes = {text.get_text(): text.get_fontsize() * shown for text in texts(drawn)}
    return {text: size for text, size in sizes.items() if size < SMALLEST}


@pytest.fixture(scope="module", params=RUNS, ids=lambda function: function.__name__)
def a_run(request: pytest.FixtureRequest) -> Run:
    function: Callable[[], None] = request.param
    return run(function, deadline=20)


def test_no_word_of_a_drawing_is_too_pale_or_too_small(a_run: Run) -> None:
    drawn = a_run.show()
    assert texts(drawn)
    assert too_pale(drawn) == set()
    assert too_small(drawn) == {}


def test_no_word_of_a_timeline_is_too_pale_or_too_small() -> None:
    drawn = run(both_wait, trace=True, deadline=20).trace.plot()
    assert texts(drawn)
    assert too_pale(drawn) == set()
    assert too_small(drawn) == {}


def test_what_is_too_pale_or_too_small_is_found() -> None:
    assert contrast("white", "black") == pytest.approx(21)
    assert contrast("#D55E00", "white") < CONTRAST  # vermilion, which words must not have
    wide = picture("Two words.", figsize=(20, 2))
    wide.text(0, 0, "pale", color="#D55E00", size=20)
    wide.text(0, 0, "small", color="black", size=12)
    assert too_pale(wide) == {"pale"}
    assert set(too_small(wide)) == {"small"}
