"""How the results of the lesson on shared memory are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipclab.experiments.figures import BLUE, GREEN, GREY, in_our_look
from ipclab.sandbox.canvas import Canvas
from ipclab.sandbox.drawing import FRAME, NAME, PALE_BLUE, PALE_GREEN
from ipclab.sandbox.look import picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ipclab.experiments.lesson_memory import AddressSpaces, Place

WIDTH, HEIGHT = 11.0, 4.2  # inches
PROGRAM, FIRST, SECOND = (3.0, 3.0), 1.8, 9.2  # a program's size, and where its middle is
OBJECT, MIDDLE = (2.6, 1.0), 5.5
MAPPED = (2.6, 0.7)
TOP, MAPPING_Y, OBJECT_Y = 0.75, 2.0, 1.85


@in_our_look
def address_spaces(result: AddressSpaces) -> Figure:
    """Two address spaces left and right, the object in the kernel between them."""
    figure = picture(
        "Two programs, each with addresses of its own for the same object: arrows lead from both "
        "mappings to one object in the kernel, at offset 0, which is the file /dev/shm/lesson.",
        figsize=(WIDTH, HEIGHT),
    )
    canvas = Canvas(figure)
    canvas.resize(WIDTH, HEIGHT)
    canvas.text((0.3, 0.35), "One object, two address spaces", size=17, bold=True, align="left")
    _program(canvas, FIRST, "the first program", result.here, PALE_BLUE, BLUE)
    _program(canvas, SECOND, "the second program", result.there, PALE_GREEN, GREEN)
    canvas.box((MIDDLE, OBJECT_Y), OBJECT, "white", FRAME)
    canvas.text((MIDDLE, OBJECT_Y + 0.3), "/dev/shm/lesson", size=NAME, bold=True)
    canvas.text(
        (MIDDLE, OBJECT_Y + 0.68), f"inode {result.here.inode}, offset {result.here.offset}"
    )
    canvas.text((MIDDLE, OBJECT_Y - 0.25), "in the kernel", color=GREY)
    y = MAPPING_Y + MAPPED[1] / 2
    for start, end, color in (
        (FIRST + MAPPED[0] / 2, MIDDLE - OBJECT[0] / 2, BLUE),
        (SECOND - MAPPED[0] / 2, MIDDLE + OBJECT[0] / 2, GREEN),
    ):
        right = 1 if end > start else -1
        canvas.line((start, y), (end - 0.1 * right, y), color, thickness=2.5)
        canvas.head((end, y), color, right=right)
    return figure


def _program(canvas: Canvas, x: float, name: str, place: Place, fill: str, edge: str) -> None:
    canvas.box((x, TOP), PROGRAM, "white", FRAME)
    canvas.text((x, TOP + 0.35), name, size=NAME, bold=True)
    canvas.text((x, TOP + 0.8), "its memory, from 0 up", color=GREY)
    canvas.box((x, MAPPING_Y), MAPPED, fill, edge)
    first, _, last = place.addresses.partition("-")
    canvas.text((x, MAPPING_Y + 0.22), f"from {first}")
    canvas.text((x, MAPPING_Y + 0.5), f"to {last}")
