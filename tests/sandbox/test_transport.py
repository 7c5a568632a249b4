"""What is sent to another process arrives there as what it was meant to be."""

from __future__ import annotations

import io
import os
import struct

from IPython.core import interactiveshell

from ipclab.sandbox import run

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
