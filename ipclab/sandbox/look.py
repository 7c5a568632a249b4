"""The one look of every figure of the course.

Large enough for a projector, the eight colours of Okabe and Ito, which people with any kind of
colour vision tell apart, and a sentence that says in words what the figure shows. Nothing here
needs a display, and matplotlib (slow to import) is loaded by the first figure only.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Callable
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

if TYPE_CHECKING:
    from matplotlib.figure import Figure
else:
    Figure = object  # a mix-in while the program runs, so that nothing is imported yet

BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, YELLOW, GREY = "#56B4E9", "#CC79A7", "#F0E442", "#666666"
DARK_VERMILION = "#B04A00"  # for words: vermilion itself is too pale to be read on white

LOOK: dict[Any, Any] = {
    "font.size": 14,
    "axes.titlesize": 17,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 14,
    "axes.labelsize": 14,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "legend.fontsize": 13,
    "legend.frameon": False,
    "lines.linewidth": 2.5,
    "lines.markersize": 7,
    "errorbar.capsize": 5,
    "savefig.dpi": 120,
}
# On a dark page a figure stays a white sheet, with a margin, so that no word touches its edge.
_FRAME = "max-width:100%;box-sizing:border-box;padding:8px;background:white;border-radius:4px"


def in_our_look(draw: Callable[P, T]) -> Callable[P, T]:
    """Decorates a drawing function: it draws in the course's look, and others' figures keep theirs."""

    @wraps(draw)
    def draw_in_our_look(*args: P.args, **options: P.kwargs) -> T:
        import matplotlib

        with matplotlib.rc_context(LOOK):
            return draw(*args, **options)

    return draw_in_our_look


class Picture(Figure):
    """A matplotlib Figure with an `alt` text, which shows itself in a notebook without any backend."""

    alt: str

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"

    __str__ = __repr__

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        # As HTML: where JupyterLab shows an image/png, its alt text is lost.
        data = base64.b64encode(png(self)).decode()
        source = f"data:image/png;base64,{data}"
        page = f'<img alt="{html.escape(self.alt)}" src="{source}" style="{_FRAME}">'
        return {"text/html": page, "text/plain": repr(self)}


def picture(alt: str, **options: Any) -> Picture:
    """An empty figure; `options` are those of matplotlib's Figure."""
    made: Picture = _picture_class()(**options)
    made.alt = alt
    return made


@cache
def _picture_class() -> Any:
    from matplotlib.figure import Figure

    return type("Picture", (Picture, Figure), {})


@in_our_look
def png(figure: Figure) -> bytes:
    """The figure as the bytes of a PNG file, small enough to be stored in a notebook."""
    from io import BytesIO

    from PIL import Image

    full, small = BytesIO(), BytesIO()
    figure.savefig(full, format="png")
    # A figure has few colours: a palette shrinks the file to a third and nobody sees it.
    Image.open(full).convert("RGB").quantize(128).save(small, format="png")
    return small.getvalue()
