"""Every figure can be read aloud, and drawing one disturbs nobody else's figures."""

from __future__ import annotations

import subprocess
import sys

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


def test_a_notebook_gets_the_image_its_alt_text_and_the_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import IPython.display

    shown = []
    monkeypatch.setattr(
        IPython.display, "display", lambda bundle, **options: shown.append((bundle, options))
    )
    figure, _ = figures.new("A line rises.", note="n = 1")
    figure._ipython_display_()
    (image, options), (caption, _) = shown
    assert image["image/png"].startswith(b"\x89PNG")
    assert options["metadata"] == {"image/png": {"alt": "A line rises."}}
    assert caption == {"text/markdown": "*Figure: A line rises.*"}


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
