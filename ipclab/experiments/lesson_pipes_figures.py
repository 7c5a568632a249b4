"""How the results of the lesson on pipes are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipclab.experiments import figures
from ipclab.experiments.figures import BLUE, GREEN, GREY, ORANGE, SKY, in_our_look
from ipclab.sandbox.canvas import Canvas, Point
from ipclab.sandbox.drawing import BAND, FRAME, NAME, PALE_BLUE, PALE_GREEN
from ipclab.sandbox.look import picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ipclab.experiments.lesson_pipes import DescriptorTables, Entry, Moment, OneByte

FILLS = {"read": PALE_GREEN, "write": PALE_BLUE}
COLORS = {"read": GREEN, "write": BLUE}
TITLES = {
    "pipe2": "1. The parent calls pipe2",
    "fork": "2. fork copies the table, not the pipe",
    "close": "3. Each closes what it does not use",
    "write and exit": "4. The child has written and is gone",
}
PANEL, TALL = 5.0, 3.3  # inches
BOX, PARENT, CHILD = (2.3, 1.4), 1.25, 3.75  # a process's size, and where its middle is
ENTRY, ENTRY_Y = (0.98, 0.34), 1.2
TUBE_Y, TUBE = 2.68, 0.32


@in_our_look
def winners(result: OneByte) -> Figure:
    """Round by round, which of the two readers got the byte."""
    from matplotlib.ticker import MaxNLocator

    rounds = len(result.rounds)
    figure, axes = figures.new(
        "Round by round, which of two readers got the one byte in the pipe: every round has exactly "
        "one dot, either for the first reader or for the second.",
        note=f"n = {rounds} rounds, each with a new pipe and two new processes",
        height=2.8,
    )
    for row, (marker, color) in enumerate((("o", BLUE), ("s", ORANGE))):
        won = [number for number, got in enumerate(result.rounds, 1) if got[row] == 1]
        axes.plot(won, [row] * len(won), marker, color=color, markersize=11)
    axes.set(title="Who got the byte?", xlabel="round", xlim=(0.5, rounds + 0.5), ylim=(1.6, -0.6))
    axes.set_yticks([0, 1], ["first reader", "second reader"])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


@in_our_look
def moments(result: DescriptorTables) -> Figure:
    """Four panels: both processes with their descriptors, and the pipe below them."""
    last = result.moments[-1]
    figure = picture(
        "Two processes and one pipe at four moments: after pipe2 the parent holds both ends; after "
        "fork the child holds both, too; then the parent keeps its read end only and the child its "
        f"write end; at last the child has ended, and {last.waiting} bytes wait in the pipe."
    )
    canvas = Canvas(figure)
    canvas.resize(2 * PANEL + 0.4, 2 * TALL + 0.3)
    for number, moment in enumerate(result.moments):
        row, column = divmod(number, 2)
        _Panel(canvas, 0.1 + column * (PANEL + 0.2), 0.1 + row * (TALL + 0.1)).draw(moment)
    return figure


class _Panel:
    """One moment. Lengths are inches; y grows downwards from the panel's upper edge."""

    def __init__(self, canvas: Canvas, left: float, top: float) -> None:
        self.canvas, self.left, self.top = canvas, left, top

    def draw(self, moment: Moment) -> None:
        self.canvas.text(self._at(0.1, 0.2), TITLES[moment.name], NAME, bold=True, align="left")
        self._kernel(moment)
        self._process(PARENT, "parent", moment.parent)
        if moment.child is not None:
            self._process(CHILD, "child", moment.child)
        elif moment.waiting:
            self.canvas.box(self._at(CHILD, 0.45), BOX, "white", FRAME, dashes="dashed", z=2)
            self.canvas.text(self._at(CHILD, 0.68), "child, ended", bold=True, color=GREY)

    def _kernel(self, moment: Moment) -> None:
        self.canvas.band(self._at(PANEL / 2, 2.0), (PANEL, 1.25), BAND)
        self.canvas.text(self._at(0.12, 3.1), "in the kernel: the pipe", color=GREY, align="left")
        left, y = self._at(0.2, TUBE_Y)
        self.canvas.tube(left, left + PANEL - 0.4, y, TUBE, "white")
        if moment.waiting:
            top = self._at(PANEL / 2, TUBE_Y - TUBE / 2 + 0.04)
            self.canvas.box(top, (1.5, TUBE - 0.08), SKY, "none", 0)
        content = f"{moment.waiting} bytes wait" if moment.waiting else "empty"
        self.canvas.text(self._at(PANEL / 2, TUBE_Y), content, bold=moment.waiting > 0)

    def _process(self, x: float, name: str, entries: tuple[Entry, ...]) -> None:
        self.canvas.box(self._at(x, 0.45), BOX, "white", FRAME, z=2)
        self.canvas.text(self._at(x, 0.68), name, NAME, bold=True)
        held = {end: number for number, end in entries}
        for column, end in ((-0.53, "read"), (0.53, "write")):
            if end in held:
                self._entry(x + column, f"fd {held[end]} {end}", end)
            else:
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
