"""The real web server, started from a notebook: `ipclab webserver serve`, its commands and HTTP.

Read more: man 7 signal; man 2 prctl, PR_SET_PDEATHSIG.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
import weakref
from typing import Any

from ipclab.sandbox.containment import PR_SET_PDEATHSIG

PATIENCE = 15.0  # seconds for something that takes milliseconds on an idle machine
COMMAND = [sys.executable, "-m", "ipclab", "webserver"]
# Ends with whoever has started it, also when that is killed.
_SERVE = (
    f"import ctypes, sys; ctypes.CDLL(None).prctl({PR_SET_PDEATHSIG}, {int(signal.SIGTERM)});"
    " from ipclab.cli import main; sys.exit(main(sys.argv[1:]))"
)


class WebServer:
    """`ipclab webserver serve` as a child. Leaving `with`, or `stop`, ends it."""

    def __init__(self, workers: int = 2, solution: str = "") -> None:
        """Returns when it answers. Raises RuntimeError with what it said when it does not start."""
        options = ["--port", "0", "--workers", str(workers)]
        options += ["--with", solution] if solution else []
        # A pipe that nobody reads would fill up.
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, "webserver", "serve", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._said, text=True,
        )  # fmt: skip
        weakref.finalize(self, self.process.terminate)  # also where nobody stops it
        assert self.process.stdout
        if self.process.stdout.readline() != "ready\n":
            self.process.wait(PATIENCE)
            said = self.log().strip()
            self.stop()
            raise RuntimeError(said.removeprefix("ipclab webserver: "))
        self.url = re.search(r"http://\S+", self.log())[0]  # type: ignore[index]
        self.port = int(self.url.rstrip("/").rpartition(":")[2])

    def log(self) -> str:
        """What it has said on standard error so far."""
        with open(f"/proc/self/fd/{self._said.fileno()}") as file:
            return file.read()

    def get(self, path: str) -> Any:
        """What it answers: a dict for /config, text for /."""
        with urllib.request.urlopen(self.url + path.lstrip("/"), timeout=PATIENCE) as answer:
            body = answer.read()
        return json.loads(body) if path == "/config" else body.decode()

    def update_config(self, **changes: object) -> dict[str, Any]:
        """The command of that name: {"version": …, "workers": …, "taken_up": …, "seconds": …}.

        Raises ValueError with what it said when it refused.
        """
        options = [f"--{name.replace('_', '-')}={value}" for name, value in changes.items()]
        return self._command("update-config", *options)

    def show_config(self) -> dict[str, Any]:
        """The command of that name: the fields, and under "workers" a dict for each of them."""
        return self._command("show-config")

    def _command(self, name: str, *options: str) -> dict[str, Any]:
        done = subprocess.run(
            [*COMMAND, name, "--port", str(self.port), "--json", *options],
            capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip
        if done.returncode != 0:
            raise ValueError(done.stderr.strip().removeprefix("ipclab webserver: "))
        return dict(json.loads(done.stdout))

    def stop(self) -> int:
        """SIGTERM; returns the exit status. Does nothing the second time."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self._said.close()
        return self.process.returncode

    def __enter__(self) -> WebServer:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        state = "answers" if self.process.poll() is None else "has ended"
        return f"a web server that {state}"
