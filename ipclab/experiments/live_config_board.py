"""A form that publishes, and the board of workers below it. It works where a kernel runs."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipclab.experiments.live_config_server import WebServer


def dashboard(server: WebServer) -> Any:
    """Greeting and verbosity, a button that publishes them, one that only looks, and what came of it."""
    import ipywidgets

    from ipclab.experiments.live_config import board

    class Dashboard(ipywidgets.VBox):  # type: ignore[misc]
        def __repr__(self) -> str:  # what stands where no kernel runs
            return "a form that publishes, and the board of workers below it"

    config = server.show_config()
    greeting = ipywidgets.Text(config["greeting"], description="greeting")
    verbosity = ipywidgets.IntSlider(config["verbosity"], 0, 2, description="verbosity")
    publish = ipywidgets.Button(description="Publish", button_style="primary")
    look = ipywidgets.Button(description="Look again")
    told, workers = ipywidgets.HTML(), ipywidgets.HTML()

    def show(words: str) -> None:
        told.value = html.escape(words)
        try:
            workers.value = board(server)._repr_html_()
        except ValueError:
            told.value = "The server has ended. Run the cell that starts it, then this one again."

    def on_publish(_: Any) -> None:
        try:
            done = server.update_config(greeting=greeting.value, verbosity=verbosity.value)
        except ValueError as refused:
            show(str(refused))
            return
        ms = 1e3 * done["seconds"]
        show(f"{done['taken_up']} of {done['workers']} workers have it, the last after {ms:.2f} ms")

    publish.on_click(on_publish)
    look.on_click(lambda _: show("as it is now"))
    show("as it is now")
    buttons = ipywidgets.HBox([publish, look])
    return Dashboard([greeting, verbosity, buttons, told, workers])
