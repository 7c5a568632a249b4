"""JupyterLab as a learner has it, driven in Chromium: a server, a notebook on the screen, its cells.

Nothing is waited for by the clock: the server says when it listens, the page when the kernel is idle.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Locator, Page

START, SECONDS = (
    60.0,
    60_000,
)  # seconds for the server to start; milliseconds for anything on a page
KERNEL_IS_IDLE = """() => {
    const widget = window.jupyterapp?.shell.currentWidget;
    return widget?.sessionContext?.isReady
        && widget.sessionContext.session?.kernel?.status === 'idle';
}"""
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
# No news from the network, and every cell in the page, also where one would have to scroll to it.
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}


@dataclass
class Lab:
    """A running server."""

    address: str  # http://127.0.0.1:PORT
    token: str

    def address_of(self, notebook: str) -> str:
        return f"{self.address}/doc/tree/{notebook}?reset&token={self.token}"


@contextmanager
def running_lab(folder: Path, home: Path) -> Iterator[Lab]:
    """Serve the notebooks in `folder` to a learner whose progress is kept in `home`."""
    token, port = secrets.token_hex(16), _free_port()
    # fmt: off
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={folder}", "--LabApp.expose_app_in_browser=True",
    ] + ["--allow-root"] * (os.getuid() == 0)
    # fmt: on
    server = subprocess.Popen(
        command,
        env=_environment(home),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        _await_start(server)
        yield Lab(f"http://127.0.0.1:{port}", token)
    finally:
        server.terminate()  # it shuts its kernels down
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment(home: Path) -> dict[str, str]:
    """Nothing of the person who runs the test: neither settings nor workspaces nor progress."""
    folders = {
        f"JUPYTER{name}_DIR": str(home / "jupyter" / name.lower())
        for name in ("_CONFIG", "_DATA", "_RUNTIME", "LAB_SETTINGS", "LAB_WORKSPACES")
    }
    for name, settings in SETTINGS.items():
        file = Path(
            folders["JUPYTERLAB_SETTINGS_DIR"], "@jupyterlab", f"{name}.jupyterlab-settings"
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings))
    kept = {key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"}
    return {**kept, **folders, "IPCLAB_HOME": str(home), "IPYTHONDIR": str(home / "ipython")}


def _await_start(server: subprocess.Popen[str]) -> None:
    """Read what the server says until it listens, and go on reading so that it never has to wait."""
    assert server.stderr is not None
    said: list[str] = []
    listening = threading.Event()

    def read() -> None:
        assert server.stderr is not None
        for line in server.stderr:
            said.append(line)
            if "is running at" in line:
                listening.set()
        listening.set()

    threading.Thread(target=read, daemon=True).start()
    if not listening.wait(START) or server.poll() is not None:
        raise RuntimeError("JupyterLab did not start:\n" + "".join(said[-30:]))


@dataclass
class Notebook:
    """A notebook on the screen."""

    page: Page
    complaints: list[str] = field(default_factory=list)  # errors in the browser's console

    def __post_init__(self) -> None:
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, lab: Lab, name: str) -> None:
        self.page.goto(lab.address_of(name))
        self.page.wait_for_function(KERNEL_IS_IDLE, timeout=SECONDS)

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    @property
    def cells(self) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell")

    @property
    def code_cells(self) -> Locator:
        return self.page.locator(".jp-Notebook .jp-CodeCell")

    @property
    def errors(self) -> list[str]:
        """What cells raised."""
        raised = self.page.locator(
            '.jp-Notebook .jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"],'
            '.jp-Notebook .jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]'
        )
        return raised.all_inner_texts()

    def run_all(self) -> None:
        """Run all cells, and wait until each has been run."""
        self.page.evaluate(RUN_ALL)
        for number in range(self.code_cells.count()):
            self._await_prompt(self.code_cells.nth(number))

    def run(self, cell: Locator) -> None:
        """Shift+Enter in a cell; wait until it is done."""
        cell.locator(".cm-content").click()
        before = self._prompt(cell).inner_text()
        self.page.keyboard.press("Shift+Enter")
        self._await_prompt(cell, other_than=before)

    def type_into(self, cell: Locator, text: str) -> None:
        """Replace what stands in a cell, by keyboard."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def add_below(self, cell: Locator, text: str) -> Locator:
        """A new cell with this text below another one, as the keys Esc and B make it."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        added = self.page.locator(".jp-Notebook .jp-Cell.jp-mod-active")
        added.locator(".cm-content").click()
        self.page.keyboard.insert_text(text)
        return self.page.locator(".jp-Notebook .jp-CodeCell").filter(has_text=text).last

    def output_of(self, cell: Locator) -> str:
        """All that a cell shows, as text."""
        return "\n".join(cell.locator(".jp-OutputArea-output").all_inner_texts())

    def _prompt(self, cell: Locator) -> Locator:
        return cell.locator(".jp-InputPrompt")

    def _await_prompt(self, cell: Locator, other_than: str = "") -> None:
        from playwright.sync_api import expect

        done = re.compile(r"^\[\d+\]:$")
        expect(self._prompt(cell)).to_have_text(done, timeout=SECONDS)
        if other_than:
            expect(self._prompt(cell)).not_to_have_text(other_than, timeout=SECONDS)
            expect(self._prompt(cell)).to_have_text(done, timeout=SECONDS)


def start_learning(home: Path) -> Path:
    """The learner's own copies of the notebooks, as `make lab` makes them."""
    environment: dict[str, Any] = {**os.environ, "IPCLAB_HOME": str(home)}
    subprocess.run(
        [sys.executable, "-m", "ipclab", "start"],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
    )
    return home / "work"
