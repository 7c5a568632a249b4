"""How the results of the lesson on pipes are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipclab.experiments import figures
from ipclab.experiments.descriptor_figures import Panel, draw_panels
from ipclab.experiments.figures import BLUE, ORANGE, in_our_look
from ipclab.sandbox.look import picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ipclab.experiments.lesson_pipes import DescriptorTables, Moment, OneByte

TITLES = {
    "pipe2": "1. The parent calls pipe2",
    "fork": "2. fork copies the table, not the pipe",
    "close": "3. Each closes what it does not use",
    "write and exit": "4. The child has written and is gone",
}


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
    draw_panels(figure, [panel_of(moment) for moment in result.moments])
    return figure


def panel_of(moment: Moment) -> Panel:
    has_ended = moment.child is None and moment.waiting > 0
    return Panel(TITLES[moment.name], moment.parent, moment.child, moment.waiting, has_ended)
