"""How the results of notebook 2 are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipclab.experiments.figures import BLUE, GREY, ORANGE, in_our_look
from ipclab.sandbox.look import picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ipclab.experiments.names import Answers

ROW, WIDTH = 0.42, 11.0  # inches
COLUMNS = ("the rule", "shm_open", "sem_open")
YES = "yes"


@in_our_look
def grid(result: Answers) -> Figure:
    """One row for each name; blue for yes, orange with the reason for no."""
    rows = result.rows()
    figure = picture(
        f"A table of {len(rows)} names in three columns, what the portable rule says, what shm_open says and "
        f"what sem_open says: both calls also create {len(result.beyond_the_rule)} names that the "
        "rule refuses.",
        figsize=(WIDTH, ROW * (len(rows) + 3)),
        layout="constrained",
    )
    figure.supxlabel(
        "each name tried once in an empty /dev/shm", fontsize=12, color=GREY, x=0.99, ha="right"
    )
    axes = figure.add_subplot()
    axes.set_title("Three answers to the same name")
    for row, (name, portable, *said) in enumerate(rows):
        axes.text(-0.05, row, str(name), ha="right", va="center", family="monospace", fontsize=13)
        answers = [
            YES if portable == "yes" else "no",
            *(YES if s == "created" else str(s) for s in said),
        ]
        for column, answer in enumerate(answers):
            _cell(axes, row, column, answer)
    for column, title in enumerate(COLUMNS):
        axes.text(column + 0.5, -0.8, title, ha="center", va="center", weight="bold")
    axes.set(xlim=(-1.25, len(COLUMNS)), ylim=(len(rows) - 0.5, -1.3))
    axes.axis("off")
    return figure


def _cell(axes: Axes, row: int, column: int, answer: str) -> None:
    from matplotlib.patches import Rectangle

    color = BLUE if answer == YES else ORANGE
    axes.add_patch(Rectangle((column + 0.02, row - 0.45), 0.96, 0.9, color=color, linewidth=0))
    text_color = "white" if answer == YES else "black"
    axes.text(column + 0.5, row, answer, ha="center", va="center", color=text_color, fontsize=13)
