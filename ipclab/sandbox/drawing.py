"""Draws a run: a column for each process, a tube for each pipe, and above them who waits for whom.

    title
    waits      one row for each process that waits: an arrow from it to those it waits for
    processes  a card each, and below it its column
    pipes      one row each: write ends lead down into the tube, read ends lead up out of it
    others     the descriptors that are no pipe ends

Nothing is placed by trial: rows and columns are as large as their texts, so that nothing overlaps.
All lengths are inches; y grows downwards.
"""

from __future__ import annotations

from . import captions
from .canvas import INK, SMALL, Canvas, fitted, text_width, wrapped
from .look import BLUE, DARK_VERMILION, GREEN, GREY, SKY, VERMILION, Picture, in_our_look, picture
from .results import Run
from .scene import Card, Pipe, Port, Scene, Waiting, compose

__all__ = ["Picture", "draw"]

BAND, FRAME, PALE_BLUE, PALE_GREEN = "#F1F3F5", "#8A9099", "#DCECF7", "#DDF3EA"
NAME, TITLE = 14, 15  # points
LINE = 0.21  # from one line of small print to the next
EDGE, GAP = 0.25, 0.2
LEAST_WIDTH = 6.5
COLUMN_WIDTHS = (3.6, 3.4, 2.8, 2.4, 2.1, 1.95)  # of 1, 2, … processes
ROOMY = 2.4  # in such a column a descriptor's number has room for the word fd
WAIT_ROW, LOOP_HEIGHT, LOOP_WIDTH = 0.62, 0.26, 0.5
PORT_HEIGHT, ARROW, TUBE = 0.3, 0.32, 0.24
LEFT_BEHIND = "left behind"


@in_our_look
def draw(run: Run) -> Picture:
    """The processes of a run, their descriptors and pipes, and who waits for whom."""
    scene = compose(run)
    figure = picture(captions.alt(run, scene))
    drawing = _Drawing(scene, Canvas(figure))
    drawing.paint(captions.title(run), captions.omitted(scene))
    return figure


class _Drawing:
    """Paints a scene from top to bottom; `y` is where the next thing goes."""

    def __init__(self, scene: Scene, canvas: Canvas) -> None:
        self.scene, self.canvas = scene, canvas
        self.y = EDGE
        headings = [line for heading in _headings(scene) for line in heading]
        self.margin = EDGE + max((text_width(line, bold=True) for line in headings), default=0)
        self.column = COLUMN_WIDTHS[max(len(scene.cards), 1) - 1]
        left = self.margin + (GAP if headings else 0)
        self.x = {
            card.name: left + self.column / 2 + number * (self.column + GAP)
            for number, card in enumerate(scene.cards)
        }
        right = left + len(scene.cards) * (self.column + GAP) - GAP
        self.width = max(right + EDGE, LEAST_WIDTH)

    def paint(self, title: str, omitted: str) -> None:
        for line in wrapped(title, self.width - 2 * EDGE, TITLE, bold=True):
            self.canvas.text((EDGE, self.y + 0.14), line, TITLE, bold=True, align="left")
            self.y += 0.29
        self.y += GAP
        waits_top = self.y
        self._waits()
        cards_top = self.y
        self._cards()
        cards_bottom = self.y
        for pipe in self.scene.pipes:
            self._pipe(pipe)
        self._others()
        self._columns(waits_top, cards_top, cards_bottom)
        for line in wrapped(omitted, self.width - 2 * EDGE):
            self.canvas.text((EDGE, self.y + GAP + LINE / 2), line, color=GREY, align="left")
            self.y += LINE
        self.canvas.resize(self.width, self.y + GAP + EDGE)

    def _waits(self) -> None:
        rows = {}
        for wait in self.scene.waits:
            rows[wait.waiter] = y = self.y + WAIT_ROW / 2
            self._heading(y, *_wait_heading(wait), DARK_VERMILION if _is_hopeless(wait) else INK)
            if wait.targets == (wait.waiter,):
                self._loop(self.x[wait.waiter], y)
            elif not wait.targets:
                x = self.x[wait.waiter]
                self._arrow(x, x + LOOP_WIDTH, y)
                self.canvas.text((x + LOOP_WIDTH + 0.1, y), wait.instead, align="left")
            for target in wait.targets:
                if target not in (wait.waiter, wait.next_in_cycle):
                    self._arrow(self.x[wait.waiter], self.x[target], y)
            self.y += WAIT_ROW
        cycle = [wait for wait in self.scene.waits if wait.next_in_cycle in rows]
        if len(cycle) > 1:
            self._cycle(cycle, rows)
        self.y += GAP if rows else 0

    def _arrow(self, start: float, end: float, y: float) -> None:
        self.canvas.line((start, y), (end, y), INK, 2, "dotted")
        self.canvas.head((end, y), INK, right=1 if end > start else -1)
        self.canvas.dot((start, y), INK)

    def _cycle(self, waits: list[Waiting], rows: dict[str, float]) -> None:
        """A closed line: along a row to the one waited for, down its column to its own row, and on."""
        corners = []
        for wait in waits:
            y, start, end = rows[wait.waiter], self.x[wait.waiter], self.x[wait.next_in_cycle or ""]
            corners += [(start, y), (end, y)]
            self.canvas.head((end, y), VERMILION, right=1 if end > start else -1)
            self.canvas.dot((start, y), VERMILION)
        self.canvas.closed_line(corners, VERMILION, 4)
        (x, y), (x_next, _) = corners[:2]
        beside = (self.column + GAP) / 2 * (1 if x_next > x else -1)  # between two columns
        self.canvas.text((x + beside, y + WAIT_ROW / 2), "cycle", bold=True, color=DARK_VERMILION)

    def _loop(self, x: float, y: float) -> None:
        """It waits for itself: the shortest of cycles."""
        top, bottom, right = y - LOOP_HEIGHT / 2, y + LOOP_HEIGHT / 2, x + LOOP_WIDTH
        corners = [(x, top), (right, top), (right, bottom), (x, bottom)]
        self.canvas.closed_line(corners, VERMILION, 4)
        self.canvas.head((x, bottom), VERMILION, right=-1)
        self.canvas.dot((x, top), VERMILION)
        self.canvas.text((right + 0.1, y), "itself", bold=True, color=DARK_VERMILION, align="left")

    def _cards(self) -> None:
        bodies = {card.name: self._body(card) for card in self.scene.cards}
        height = 0.54 + LINE * max(map(len, bodies.values()), default=0)
        for card in self.scene.cards:
            x, color = self.x[card.name], GREY if card.ended else INK
            edge, thickness = (VERMILION, 2.5) if card.left_behind else (FRAME, 1.5)
            dashes = "dashed" if card.left_behind or card.ended else "solid"
            self.canvas.box((x, self.y), (self.column, height), "white", edge, thickness, dashes)
            name = fitted(card.name, self.column - 0.2, NAME, bold=True)
            self.canvas.text((x, self.y + 0.25), name, NAME, bold=True, color=color)
            for number, line in enumerate(bodies[card.name]):
                marked = line == LEFT_BEHIND
                at = (x, self.y + 0.52 + number * LINE)
                self.canvas.text(at, line, bold=marked, color=DARK_VERMILION if marked else color)
        self.y += height if self.scene.cards else 0

    def _body(self, card: Card) -> list[str]:
        room = self.column - 0.2
        lines = [*wrapped(card.state, room), fitted(card.place, room), fitted(card.command, room)]
        return [line for line in [*lines, LEFT_BEHIND if card.left_behind else ""] if line]

    def _pipe(self, pipe: Pipe) -> None:
        has_notes = any(port.blocked or port.left_open for port in pipe.ports)
        y_port = self.y + GAP + (LINE if has_notes else 0) + PORT_HEIGHT / 2
        y_tube = y_port + PORT_HEIGHT / 2 + ARROW + TUBE / 2
        for port in pipe.ports:
            self._port(port, y_port, y_tube - TUBE / 2)
        self._tube(pipe, y_tube)
        self._heading(y_tube - 0.02, pipe.name, pipe.remark, INK)
        self.y = y_tube + TUBE / 2 + 0.05

    def _port(self, port: Port, y: float, y_tube: float) -> None:
        reads = port.end == "read"
        x = self.x[port.process] + (-1 if reads else 1) * min(self.column / 4, 0.65)
        color, fill = (GREEN, PALE_GREEN) if reads else (BLUE, PALE_BLUE)
        width, top, bottom = (
            min(self.column / 2 - 0.09, 1.15),
            y - PORT_HEIGHT / 2,
            y + PORT_HEIGHT / 2,
        )
        edge, dashes = (VERMILION, "dashed") if port.left_open else (color, "solid")
        thickness = 3 if port.left_open or port.blocked else 1.5
        self.canvas.box((x, top), (width, PORT_HEIGHT), fill, edge, thickness, dashes)
        self.canvas.text((x, y), _port_label(port, width - 0.06, self.column >= ROOMY))
        note = "left open" if port.left_open else "blocked" if port.blocked else ""
        self.canvas.text(
            (x, top - 0.13), note, bold=True, color=DARK_VERMILION if port.left_open else INK
        )
        self.canvas.line((x, bottom + 0.05), (x, y_tube - 0.05), color, 2.5)
        self.canvas.head((x, bottom if reads else y_tube), color, down=-1 if reads else 1)

    def _tube(self, pipe: Pipe, y: float) -> None:
        holders = [self.x[port.process] for port in pipe.ports]
        left, right = min(holders) - self.column / 2 + 0.1, max(holders) + self.column / 2 - 0.1
        self.canvas.tube(left, right, y, TUBE, SKY if pipe.level == "full" else "white")
        for card in self.scene.cards:
            x = self.x[card.name]
            if left < x < right and x not in holders and not card.ended:
                # The tube passes behind the column of a process that does not hold it.
                self.canvas.band((x, y - TUBE), (self.column, 2 * TUBE), BAND, alpha=0.85, z=3)

    def _others(self) -> None:
        rows = max((len(card.others) for card in self.scene.cards), default=0)
        if not rows:
            return
        self.y += GAP
        self._heading(self.y + LINE / 2, OTHERS, "", INK)
        for card in self.scene.cards:
            for number, other in enumerate(card.others):
                at = (self.x[card.name], self.y + (number + 0.5) * LINE)
                self.canvas.text(at, fitted(other, self.column - 0.2))
        self.y += rows * LINE

    def _columns(self, waits_top: float, cards_top: float, cards_bottom: float) -> None:
        for card in self.scene.cards:
            x = self.x[card.name]
            if self.scene.waits:
                self.canvas.line((x, waits_top), (x, cards_top), FRAME, 1, z=0)
            if self.y > cards_bottom and not card.ended:
                size = (self.column, self.y + GAP / 2 - cards_bottom + 0.1)
                self.canvas.band((x, cards_bottom - 0.1), size, BAND)

    def _heading(self, y: float, first: str, second: str, color: str) -> None:
        """Two lines in the margin, level with a row."""
        shift = LINE / 2 if second else 0
        for line, at, bold in (
            (first, y - shift, True),
            (second, y + shift, color == DARK_VERMILION),
        ):
            self.canvas.text((self.margin, at), line, bold=bold, color=color, align="right")


OTHERS = "other descriptors"


def _headings(scene: Scene) -> list[tuple[str, str]]:
    headings = [_wait_heading(wait) for wait in scene.waits]
    headings += [(pipe.name, pipe.remark) for pipe in scene.pipes]
    return headings + ([(OTHERS, "")] if any(card.others for card in scene.cards) else [])


def _wait_heading(wait: Waiting) -> tuple[str, str]:
    return f"{wait.waiter} waits for", wait.what


def _is_hopeless(wait: Waiting) -> bool:
    return wait.next_in_cycle is not None or wait.targets == (wait.waiter,)


def _port_label(port: Port, width: float, is_roomy: bool) -> str:
    """fd 3, 4 read: as many numbers as fit."""
    prefix = "fd " if is_roomy else ""
    numbers = [str(number) for number in port.numbers[:9]]
    label = f"{prefix}{', '.join(numbers)} {port.end}"
    while len(numbers) > 1 and text_width(label, SMALL) > width:
        numbers.pop()
        label = f"{prefix}{', '.join(numbers)}… {port.end}"
    return label
