"""What is sent to another process arrives there as what it was meant to be."""

from __future__ import annotations

import io
import os
import struct
import sys
import types
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from IPython.core import interactiveshell

from ipclab.sandbox import run
from ipclab.sandbox.transport import dumps

HEADER = struct.Struct("<Q")


def test_a_struct_is_sent() -> None:
    assert run(lambda: HEADER.pack(1)).value == struct.pack("<Q", 1)


def test_a_notebooks_open_is_pythons_again() -> None:
    scope: dict[str, object] = {"open": interactiveshell._modified_open}
    exec("def opens_as(number):\n    return open(number, closefd=False).fileno()", scope)
    opens_as = scope["opens_as"]
    assert callable(opens_as)
    assert run(opens_as, 0).value == 0


def test_a_wrapper_of_the_learners_own_stays() -> None:
    def own_open(path: str) -> str:
        return f"opened {path}"

    own_open.__wrapped__ = io.open  # type: ignore[attr-defined]
    assert run(lambda: own_open(os.devnull)).value == f"opened {os.devnull}"


def test_threads_send_what_an_import_would_not_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = types.ModuleType("nowhere_to_be_found")
    module.__file__ = str(tmp_path / "nowhere_to_be_found.py")
    exec("def twice(number):\n    return 2 * number", module.__dict__)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(sys.modules, "its_other_name", module)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            sent = list(threads.map(lambda _: dumps(module.twice, (4,)), range(400)))
    finally:
        sys.setswitchinterval(before)
    assert len(sent) == 400
    assert run(module.twice, 4).value == 8
