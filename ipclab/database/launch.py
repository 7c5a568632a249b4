"""How does a program start the server for itself, and be sure that it has stopped?

Read more: man 7 signal, SIGTERM.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from .client import Client

_START = 20.0  # seconds
_STOP = 10.0


@dataclass(frozen=True)
class Server:
    """A running server: its supervisor's process, and where it listens."""

    process: subprocess.Popen[str]
    socket_path: str

    @property
    def pid(self) -> int:
        return self.process.pid

    def client(self) -> Client:
        return Client(self.socket_path)

    def stop(self) -> int:
        """SIGTERM; returns the exit status once it has ended. Raises subprocess.TimeoutExpired."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_STOP)


@contextlib.contextmanager
def launched(path: str | os.PathLike[str], workers: int = 2, *options: str) -> Iterator[Server]:
    """`ipclab database serve` for the length of a block. Raises RuntimeError with what it printed."""
    argv = [sys.executable, "-m", "ipclab", "database", "serve", "--path", os.fspath(path)]
    argv += ["--workers", str(workers), *options]
    socket_path = (
        options[options.index("--socket") + 1] if "--socket" in options else f"{path}.sock"
    )
    with (
        tempfile.TemporaryFile("w+") as errors,  # a pipe that nobody reads would fill up
        subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        assert process.stdout
        try:
            if process.stdout.readline() != "ready\n":
                process.wait(_STOP)
                errors.seek(0)
                raise RuntimeError(f"the server did not start: {errors.read().strip()}")
            yield Server(process, socket_path)
        finally:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
