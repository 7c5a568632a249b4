"""How the experiments' figures are laid out: in the course's one look, each with a note on its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipclab.sandbox.look import (
    BLUE,
    DARK_VERMILION,
    GREEN,
    GREY,
    LOOK,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    in_our_look,
    picture,
    png,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

__all__ = [
    "BLUE", "DARK_VERMILION", "GREEN", "GREY", "LOOK", "ORANGE", "PURPLE", "SKY", "VERMILION",
    "YELLOW", "in_our_look", "label", "new", "png", "size_label", "size_scale", "thousands",
]  # fmt: skip


def new(alt: str, note: str, width: float = 11, height: float = 5.5) -> tuple[Figure, Axes]:
    """An empty figure with one pair of axes.

    `alt` says in one sentence what it will show; `note` stands below it in small print and says how
    the numbers were obtained (n, median, spread).
    """
    figure = picture(alt, figsize=(width, height), layout="constrained")
    figure.supxlabel(note, fontsize=12, color=GREY, x=0.99, ha="right")
    return figure, figure.add_subplot()


def label(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    shift: tuple[float, float],
    color: str = DARK_VERMILION,
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
