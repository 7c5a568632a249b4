"""How two descriptor tables and the pipe between them are drawn, moment by moment: one look for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ipclab.experiments.figures import BLUE, GREEN, GREY, SKY
from ipclab.sandbox.canvas import Canvas, Point
from ipclab.sandbox.drawing import BAND, FRAME, NAME, PALE_BLUE, PALE_GREEN

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FILLS = {"read": PALE_GREEN, "write": PALE_BLUE}
COLORS = {"read": GREEN, "write": BLUE}
WIDTH, TALL = 5.0, 3.3  # of a panel, in inches
BOX, PARENT, CHILD = (2.3, 1.4), 1.25, 3.75  # a process's size, and where its middle is
ENTRY, ENTRY_Y = (0.98, 0.34), 1.2
TUBE_Y, TUBE = 2.68, 0.32

Entry = tuple[int, str]  # a descriptor's number, and which end of the pipe it is


@dataclass(frozen=True)
class Panel:
    """One moment of a pipe, as it is to be drawn."""

    title: str
    parent: tuple[Entry, ...]
    child: tuple[Entry, ...] | None  # None: there is no child, not yet or no more
    waiting: int  # bytes in the pipe
    has_ended: bool = False  # there was a child
    no_pipe: str = ""  # why there is none


def draw_panels(figure: Figure, panels: Sequence[Panel], columns: int = 2) -> None:
    """Side by side, row by row; the figure gets the size that they need."""
    canvas = Canvas(figure)
    rows = -(-len(panels) // columns)
    canvas.resize(columns * (WIDTH + 0.2), rows * (TALL + 0.1) + 0.1)
    for number, panel in enumerate(panels):
        row, column = divmod(number, columns)
        corner = 0.1 + column * (WIDTH + 0.2), 0.1 + row * (TALL + 0.1)
        _Drawing(canvas, *corner).draw(panel)


class _Drawing:
    """One panel. Lengths are inches; y grows downwards from the panel's upper edge."""

    def __init__(self, canvas: Canvas, left: float, top: float) -> None:
        self.canvas, self.left, self.top = canvas, left, top

    def draw(self, panel: Panel) -> None:
        self.canvas.text(self._at(0.1, 0.2), panel.title, NAME, bold=True, align="left")
        self._kernel(panel)
        self._process(PARENT, "parent", panel.parent, bool(panel.no_pipe))
        if panel.child is not None:
            self._process(CHILD, "child", panel.child, bool(panel.no_pipe))
        elif panel.has_ended:
            self.canvas.box(self._at(CHILD, 0.45), BOX, "white", FRAME, dashes="dashed", z=2)
            self.canvas.text(self._at(CHILD, 0.68), "child, ended", bold=True, color=GREY)

    def _kernel(self, panel: Panel) -> None:
        self.canvas.band(self._at(WIDTH / 2, 2.0), (WIDTH, 1.25), BAND)
        what = panel.no_pipe or "the pipe"
        at = self._at(0.12, 3.1)
        self.canvas.text(at, f"in the kernel: {what}", color=GREY, align="left")
        if panel.no_pipe:
            return
        left, y = self._at(0.2, TUBE_Y)
        self.canvas.tube(left, left + WIDTH - 0.4, y, TUBE, "white")
        if panel.waiting:
            top = self._at(WIDTH / 2, TUBE_Y - TUBE / 2 + 0.04)
            self.canvas.box(top, (1.5, TUBE - 0.08), SKY, "none", 0)
        content = f"{panel.waiting} bytes wait" if panel.waiting else "empty"
        self.canvas.text(self._at(WIDTH / 2, TUBE_Y), content, bold=panel.waiting > 0)

    def _process(self, x: float, name: str, entries: tuple[Entry, ...], bare: bool) -> None:
        self.canvas.box(self._at(x, 0.45), BOX, "white", FRAME, z=2)
        self.canvas.text(self._at(x, 0.68), name, NAME, bold=True)
        held = {end: number for number, end in entries}
        for column, end in ((-0.53, "read"), (0.53, "write")):
            if end in held:
                self._entry(x + column, f"fd {held[end]} {end}", end)
            elif not bare:
                self.canvas.text(self._at(x + column, ENTRY_Y), "closed", color=GREY)

    def _entry(self, x: float, label: str, end: str) -> None:
        fill, color = FILLS[end], COLORS[end]
        self.canvas.box(self._at(x, ENTRY_Y - ENTRY[1] / 2), ENTRY, fill, color)
        self.canvas.text(self._at(x, ENTRY_Y), label)
        entry, tube = self._at(x, ENTRY_Y + ENTRY[1] / 2), self._at(x, TUBE_Y - TUBE / 2)
        tip, down = (entry, -1) if end == "read" else (tube, 1)
        self.canvas.line(entry, tube, color, 2.5)
        self.canvas.head(tip, color, down=down)

    def _at(self, x: float, y: float) -> Point:
        return self.left + x, self.top + y
