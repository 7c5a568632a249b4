"""The one look of every figure of the course.

Large enough for a projector, the eight colours of Okabe and Ito, which people with any kind of
colour vision tell apart, and a sentence that says in words what the figure shows. Nothing here
needs a display, and matplotlib (slow to import) is loaded by the first figure only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

P = ParamSpec("P")
T = TypeVar("T")

BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, YELLOW, GREY = "#56B4E9", "#CC79A7", "#F0E442", "#666666"

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


def in_our_look(draw: Callable[P, T]) -> Callable[P, T]:
    """Decorates a drawing function: it draws in the course's look, and others' figures keep theirs."""

    @wraps(draw)
    def draw_in_our_look(*args: P.args, **options: P.kwargs) -> T:
        import matplotlib

        with matplotlib.rc_context(LOOK):
            return draw(*args, **options)

    return draw_in_our_look


def new(alt: str, note: str, width: float = 11, height: float = 5.5) -> tuple[Figure, Axes]:
    """An empty figure with one pair of axes.

    `alt` says in one sentence what it will show; `note` stands below it in small print and says how
    the numbers were obtained (n, median, spread).
    """
    figure = figure_class()(figsize=(width, height), layout="constrained", alt=alt)
    figure.supxlabel(note, fontsize=12, color=GREY, x=0.99, ha="right")
    return figure, figure.add_subplot()


@cache
def figure_class() -> Any:
    """matplotlib's Figure, with `alt`, which shows itself in a notebook without any backend."""
    from matplotlib.figure import Figure

    class DescribedFigure(Figure):
        def __init__(self, *args: Any, alt: str, **options: Any) -> None:
            super().__init__(*args, **options)
            self.alt = alt

        def __repr__(self) -> str:
            return f"Figure: {self.alt}"

        def _ipython_display_(self) -> None:
            from IPython.display import display

            show: Callable[..., None] = display
            # JupyterLab drops an image's alt text, so the sentence also stands below it as text.
            image = {"image/png": png(self), "text/plain": repr(self)}
            show(image, raw=True, metadata={"image/png": {"alt": self.alt}})
            show({"text/markdown": f"*Figure: {self.alt}*"}, raw=True)

    return DescribedFigure


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


def label(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    shift: tuple[float, float],
    color: str = VERMILION,
) -> None:
    """Text beside a point, `shift` typographic points away; to the left if that is negative."""
    axes.annotate(
        text,
        at,
        xytext=shift,
        textcoords="offset points",
        color=color,
        ha="right" if shift[0] < 0 else "left",
        linespacing=1.1,
    )


def thousands(*axes: Axis) -> None:
    """Whole numbers with separators along an axis: 65,536."""
    from matplotlib.ticker import StrMethodFormatter

    for axis in axes:
        axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def size_scale(axes: Axes, *names: str) -> None:
    """Makes "x" or "y" logarithmic, labelled with sizes as people say them: 64 KiB, 1 MiB."""
    for name in names:
        getattr(axes, f"set_{name}scale")("log", base=2)
        axis: Axis = getattr(axes, f"{name}axis")
        axis.set_major_formatter(lambda size, _: size_label(size))


def size_label(size: float) -> str:
    """A power of two as people say it: 512 B, 64 KiB, 1 MiB."""
    for unit in ("B", "KiB"):
        if size < 1024:
            return f"{size:g} {unit}"
        size /= 1024
    return f"{size:g} MiB"
