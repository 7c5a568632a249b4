"""Texts, boxes and lines, in inches from the upper left corner; and how much room a text needs."""

from __future__ import annotations

from bisect import bisect_left
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK = "#222222"
SMALL = 12  # points: the smallest print that a projector leaves legible
_HEAD = 0.18  # the length of an arrow's head
_MARGIN = (
    1.03  # a renderer rounds to whole pixels: a text may become a little wider than its outlines
)

Point = tuple[float, float]


class Canvas:
    """Draws on the whole of a figure; what is drawn with a higher `z` covers the rest."""

    def __init__(self, figure: Figure) -> None:
        self._figure = figure
        self._axes = figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()

    def resize(self, width: float, height: float) -> None:
        self._figure.set_size_inches(width, height)
        self._axes.set(xlim=(0, width), ylim=(height, 0))

    def text(
        self, at: Point, text: str, size: int = SMALL, bold: bool = False, color: str = INK, align: str = "center"
    ) -> None:  # fmt: skip
        """`align`: which part of the text stands at this point."""
        style: dict[str, Any] = {
            "ha": align,
            "va": "center",
            "weight": "bold" if bold else "normal",
        }
        if text:
            self._axes.text(
                *at, clean(text), size=size, color=color, parse_math=False, zorder=6, **style
            )

    def box(
        self, at: Point, size: Point, fill: str, edge: str, thickness: float = 1.5, dashes: str = "solid", z: int = 5
    ) -> None:  # fmt: skip
        """A box with round corners; `at` is the middle of its upper edge."""
        from matplotlib.patches import FancyBboxPatch

        (x, y), (width, height) = at, size
        shape = f"round,pad=0,rounding_size={min(height / 2, 0.1)}"
        style: dict[str, Any] = {"fc": fill, "ec": edge, "lw": thickness, "ls": dashes, "zorder": z}
        self._axes.add_patch(
            FancyBboxPatch((x - width / 2, y), width, height, boxstyle=shape, **style)
        )

    def band(self, at: Point, size: Point, fill: str, alpha: float = 1, z: int = -1) -> None:
        """An area without an edge; `at` is the middle of its upper edge."""
        from matplotlib.patches import Rectangle

        corner = (at[0] - size[0] / 2, at[1])
        self._axes.add_patch(Rectangle(corner, *size, fc=fill, ec="none", alpha=alpha, zorder=z))

    def tube(self, left: float, right: float, y: float, height: float, fill: str) -> None:
        from matplotlib.patches import Ellipse

        self.box(((left + right) / 2, y - height / 2), (right - left, height), fill, INK, z=2)
        mouth = Ellipse((right - height / 4, y), height / 2, height, fc="white", ec=INK, lw=1.5)
        mouth.set_zorder(2)
        self._axes.add_patch(mouth)

    def line(
        self,
        start: Point,
        end: Point,
        color: str,
        thickness: float,
        dashes: str = "solid",
        z: int = 4,
    ) -> None:
        (x, y), (x_end, y_end) = start, end
        self._axes.plot([x, x_end], [y, y_end], color=color, lw=thickness, ls=dashes, zorder=z)

    def closed_line(self, corners: list[Point], color: str, thickness: float) -> None:
        from matplotlib.patches import Polygon

        style: dict[str, Any] = {"fc": "none", "ec": color, "lw": thickness, "joinstyle": "round"}
        self._axes.add_patch(Polygon(corners, zorder=4, **style))

    def head(self, tip: Point, color: str, right: int = 0, down: int = 0) -> None:
        """An arrow's head; `right` or `down` is 1 when it points there, -1 the other way round."""
        from matplotlib.patches import Polygon

        x, y = tip[0] - right * _HEAD, tip[1] - down * _HEAD
        half_x, half_y = abs(down) * _HEAD * 0.45, abs(right) * _HEAD * 0.45
        corners = [tip, (x - half_x, y - half_y), (x + half_x, y + half_y)]
        self._axes.add_patch(Polygon(corners, fc=color, ec="none", zorder=5))

    def dot(self, at: Point, color: str) -> None:
        self._axes.plot([at[0]], [at[1]], "o", color=color, markersize=9, zorder=5)


def clean(text: str) -> str:
    """Without what the font cannot draw: a file's name may hold anything."""
    return "".join(c if c in "…" or (c.isprintable() and ord(c) < 0x250) else "?" for c in text)


def wrapped(
    text: str, width: float, size: int = SMALL, bold: bool = False, most: int = 3
) -> list[str]:
    """At most `most` lines of at most `width` inches; the last one is shortened to fit."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most - 1:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size, bold) <= width:
            line += f" {words.pop(0)}"
        lines.append(fitted(line, width, size, bold))
    return lines + ([fitted(" ".join(words), width, size, bold)] if words else [])


def fitted(text: str, width: float, size: int = SMALL, bold: bool = False) -> str:
    """The text; its middle is left out when it is longer than `width` inches."""
    if text_width(text, size, bold) <= width:
        return text

    def is_too_long(kept: int) -> bool:
        return text_width(f"{text[:kept]}…{text[-kept:]}", size, bold) > width

    keep = bisect_left(range(1, len(text) // 2 + 1), True, key=is_too_long)
    return f"{text[:keep]}…{text[-keep:]}" if keep else "…"


@lru_cache(maxsize=4096)
def text_width(text: str, size: int = SMALL, bold: bool = False) -> float:
    """In inches."""
    from matplotlib.font_manager import FontProperties

    font = FontProperties(size=size, weight="bold" if bold else "normal")
    width, _, _ = _outlines().get_text_width_height_descent(clean(text), font, ismath=False)
    return _MARGIN * float(width) / 72


@cache
def _outlines() -> Any:
    from matplotlib.textpath import TextToPath

    return TextToPath()
