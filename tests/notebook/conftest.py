"""A real notebook kernel to send cells to."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

LIMIT = 60.0  # seconds for one cell on a busy machine


@dataclass(frozen=True)
class Shown:
    """What a cell showed."""

    stdout: str
    stderr: str
    text: str  # what was displayed, as plain text
    error: str  # name of the exception that the cell raised, or ""


class Kernel:
    """Runs cells one after the other, as a notebook does."""

    def __init__(self, environment: dict[str, str]) -> None:
        from jupyter_client.manager import start_new_kernel

        # The thread that saves the history has descriptors of its own, now and then.
        self._manager, self._client = start_new_kernel(
            startup_timeout=LIMIT,
            env=environment,
            extra_arguments=["--HistoryManager.enabled=False"],
        )

    @property
    def pid(self) -> int:
        return int(self.run("import os; os.getpid()").text)

    def run(self, source: str) -> Shown:
        request = self._client.execute(source)
        streams, texts, error = {"stdout": "", "stderr": ""}, [], ""
        deadline = time.monotonic() + LIMIT
        while True:
            left = max(0.0, deadline - time.monotonic())
            message: dict[str, Any] = self._client.get_iopub_msg(timeout=left)
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            match message["msg_type"]:
                case "stream":
                    streams[content["name"]] += content["text"]
                case "display_data" | "execute_result":
                    texts.append(content["data"]["text/plain"])
                case "error":
                    error = content["ename"]
                case "status" if content["execution_state"] == "idle":
                    return Shown(streams["stdout"], streams["stderr"], "\n".join(texts), error)

    def close(self) -> None:
        """Ask the kernel to end, so that it cleans up; after some seconds it is killed."""
        self._manager.shutdown_kernel()
        self._client.stop_channels()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    home = tmp_path_factory.mktemp("home")
    environment = {**os.environ, "IPCLAB_HOME": str(home), "IPYTHONDIR": str(home)}
    environment.pop("PYTEST_CURRENT_TEST", None)  # with it ipykernel does not capture descriptors
    kernel = Kernel(environment)
    kernel.run("import os, threading")
    assert kernel.run("from ipclab import exercise").error == ""
    yield kernel
    kernel.close()
