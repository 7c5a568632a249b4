"""How the steps of notebook 3 are drawn: as small multiples, and one by one behind a slider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipclab.experiments.descriptor_figures import Panel, draw_panels
from ipclab.experiments.figures import in_our_look, png
from ipclab.sandbox.look import picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ipclab.experiments.opposite_ends import Step, Steps

TITLES = {
    "start": "1. Before pipe2",
    "pipe2": "2. The parent calls pipe2",
    "fork": "3. fork copies the table",
    "child closes": "4. The child closes its read end",
    "parent closes": "5. The parent closes its write end",
    "child writes": "6. The child writes",
    "child ends": "7. The child ends",
    "end": "8. The parent has read, and closes",
}
NO_PIPE = {"start": "no pipe yet", "end": "no pipe any more"}


@in_our_look
def small_multiples(result: Steps) -> Figure:
    """A panel for each step: both processes with their descriptors, and the pipe below them."""
    figure = picture(
        "Two processes and one pipe in eight steps: no pipe; the parent holds both ends; after fork the "
        "child holds both, too; the child closes its read end; the parent its write end; the child "
        f"writes, and {result['child writes'].waiting} bytes wait; the child ends, and they still wait; the "
        "parent closes the last end, and the pipe is gone."
    )
    draw_panels(figure, [panel_of(step) for step in result.steps])
    return figure


@in_our_look
def one_step(step: Step) -> Figure:
    """One step alone."""
    figure = picture(f"{TITLES[step.name]}: {step.writers} descriptors lead to the write end.")
    draw_panels(figure, [panel_of(step)], columns=1)
    return figure


def panel_of(step: Step) -> Panel:
    has_ended = step.name in ("child ends", "end")
    no_pipe = NO_PIPE.get(step.name, "")
    return Panel(TITLES[step.name], step.parent, step.child, step.waiting, has_ended, no_pipe)


def slider(result: Steps) -> Any:
    """A slider over the steps, and below it the picture of the one that it stands at."""
    import ipywidgets

    class Slider(ipywidgets.VBox):  # type: ignore[misc]
        def __repr__(self) -> str:  # what stands where no kernel runs
            return f"a slider over {len(result.steps)} steps"

    wide = ipywidgets.Layout(width="520px")
    choice = ipywidgets.IntSlider(
        value=1, min=1, max=len(result.steps), description="step", layout=wide
    )
    image = ipywidgets.Image(format="png", layout=wide)

    def show(change: Any = None) -> None:
        image.value = png(one_step(result.steps[choice.value - 1]))

    choice.observe(show, names="value")
    show()
    return Slider([choice, image])
