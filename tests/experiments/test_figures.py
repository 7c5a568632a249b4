"""Every figure can be read aloud, and drawing one disturbs nobody else's figures."""

from __future__ import annotations

import base64
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from ipclab.experiments import figures


def test_experiments_load_matplotlib_for_the_first_figure_only() -> None:
    code = "import sys, ipclab.experiments.pipe_buffering; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_figure_says_what_it_shows() -> None:
    figure, _ = figures.new("A line rises.", note="n = 1")
    assert figure.alt == "A line rises."
    assert repr(figure) == "Figure: A line rises."
    assert figures.png(figure).startswith(b"\x89PNG")


def test_a_notebook_gets_the_image_with_its_alt_text() -> None:
    from IPython.core.formatters import DisplayFormatter

    figure, _ = figures.new('A line "rises" <b>.', note="n = 1")
    shown, _ = DisplayFormatter().format(figure)
    image = ElementTree.fromstring(shown["text/html"].replace(">", "/>"))
    kind, _, data = image.attrib["src"].partition(";base64,")
    assert (image.tag, kind) == ("img", "data:image/png")
    assert base64.b64decode(data).startswith(b"\x89PNG")
    assert image.attrib["alt"] == 'A line "rises" <b>.'
    assert shown["text/plain"] == 'Figure: A line "rises" <b>.'


def test_on_a_dark_page_a_figure_is_a_white_sheet_with_a_margin() -> None:
    figure, _ = figures.new("A line rises.", note="n = 1")
    image = ElementTree.fromstring(figure._repr_mimebundle_()["text/html"].replace(">", "/>"))
    style = dict(each.split(":") for each in image.attrib["style"].split(";"))
    assert (style["background"], style["padding"]) == ("white", "8px")
    assert (style["max-width"], style["box-sizing"]) == (
        "100%",
        "border-box",
    )  # never beyond the page


def test_the_look_ends_with_the_drawing() -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)

    @figures.in_our_look
    def draw() -> float:
        return float(matplotlib.rcParams["font.size"])

    assert draw() == figures.LOOK["font.size"]
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize(
    ("size", "label"),
    [(1, "1 B"), (512, "512 B"), (1024, "1 KiB"), (65_536, "64 KiB"), (4 << 20, "4 MiB")],
)
def test_sizes_are_labelled_as_people_say_them(size: int, label: str) -> None:
    assert figures.size_label(size) == label
