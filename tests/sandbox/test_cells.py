"""The text of a cell, run as a program of its own."""

from __future__ import annotations

import pytest

from ipclab.sandbox import Opaque, Run, run
from ipclab.sandbox.cells import perform


def performed(source: str, **names: object) -> Run:
    return run(perform, source, names)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("", None),
        ("x = 1", None),
        ("x = 1\nx + 1", 2),
        ("for i in range(3):\n    i", None),
        ("given * 2", 14),
        ("__name__", "__main__"),
        ("def f(n):\n    return n and f(n - 1)\nf(3)", 0),
        ("import __main__\n__main__.given", 7),
    ],
)
def test_the_value_of_the_last_expression_comes_back(source: str, value: object) -> None:
    assert performed(source, given=7).value == {"value": value, "exit_status": 0}


def test_a_value_that_is_no_plain_data_is_described() -> None:
    value = performed("class A:\n    pass\nA()").value["value"]
    assert isinstance(value, Opaque)


@pytest.mark.parametrize(
    ("argument", "status", "stderr"),
    [("", 0, b""), ("3", 3, b""), ("-1", 255, b""), ("None", 0, b""), ("'bye'", 1, b"bye\n")],
)
def test_sys_exit_is_an_exit_status(argument: str, status: int, stderr: bytes) -> None:
    source = f"import os, sys\nif os.fork() == 0:\n    sys.exit({argument})\n"
    source += f"print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)\nsys.exit({argument})"
    result = performed(source)
    assert result.value == {"value": None, "exit_status": status}
    assert (result.stdout, result.stderr) == (b"%d\n" % status, 2 * stderr)


def test_a_child_that_comes_to_the_end_ends_there() -> None:
    result = performed(
        "import os\nchild = os.fork() == 0\nif not child:\n    os.wait()\nprint(child)"
    )
    assert result.stdout == b"True\nFalse\n"
    assert result.value == {"value": None, "exit_status": 0} and result.ok


def test_a_printed_line_is_not_copied_by_a_fork() -> None:
    result = performed("import os\nprint('once')\nif os.fork():\n    os.wait()")
    assert result.stdout == b"once\n"
    result = performed("import os\nprint('twice', end=' ')\nif os.fork():\n    os.wait()")
    assert result.stdout == b"twice twice "


def test_a_traceback_shows_lines_of_the_cell_only() -> None:
    result = performed("\n\n1 / 0")
    assert result.exception.type == "ZeroDivisionError"
    assert '  File "the cell", line 3, in <module>\n    1 / 0\n' in result.exception.traceback
    assert ".py" not in result.exception.traceback
    source = "import os\nif os.fork() == 0:\n    1 / 0\nos.waitstatus_to_exitcode(os.wait()[1])"
    result = performed(source)
    assert result.value == {"value": 1, "exit_status": 0}
    assert b'"the cell", line 3' in result.stderr and b".py" not in result.stderr
