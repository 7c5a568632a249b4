"""Is a solution found in whatever file or session it stands, without executing a line of it?"""

from __future__ import annotations

import functools
import json
import os
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ipclab.exercises import sources
from ipclab.exercises.files import from_file, mentions
from ipclab.exercises.live import from_objects, is_stub
from ipclab.exercises.solutions import Solution, SolutionError
from ipclab.sandbox import run

STUB = 'def double(n):\n    """Twice n."""\n    raise NotImplementedError\n'


def python(folder: Path, text: str | bytes) -> Path:
    path = folder / "solution.py"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def notebook(folder: Path, *cells: str | list[str]) -> Path:
    path = folder / "solution.ipynb"
    path.write_text(
        json.dumps(
            {
                "cells": [
                    {"cell_type": "markdown", "source": "def double(n): a text"},
                    *({"cell_type": "code", "source": cell} for cell in cells),
                ],
                "nbformat": 4,
            }
        )
    )
    return path


def load_and_call(solution: Solution, name: str, *args: Any) -> Any:
    return solution.load()[name](*args)


def result(solution: Solution, *args: Any) -> Any:
    """What `double(*args)` returns in the sandbox."""
    outcome = run(load_and_call, solution, "double", *args)
    assert outcome.exception is None, outcome.exception
    return outcome.value


def double_in(path: Path, *args: Any) -> Any:
    return result(from_file(path, ("double",)), *args)


# Files


@pytest.mark.parametrize(
    "text",
    [
        "def double(n): return 2 * n",
        "def other(n): return 2 * n\ndouble = other",
        "double = lambda n: 2 * n",
        "import functools, operator\ndouble = functools.partial(operator.mul, 2)",
        "class Doubler:\n    def __call__(self, n): return 2 * n\ndouble = Doubler()",
        "from operator import mul\nclass double:\n    def __new__(cls, n): return mul(n, 2)",
        "if True:\n    def double(n: 'unknown') -> 'unknown': return 2 * n",
        "globals()['double'] = lambda n: 2 * n",
        "import dataclasses\n@dataclasses.dataclass\nclass A:\n    n: int\ndef double(n): return A(n).n * 2",
        "def double(n): return 2 * n\nif __name__ == '__main__':\n    raise SystemExit(double(1))",
        b"\xef\xbb\xbfdef double(n): return 2 * n",
        "# -*- coding: latin-1 -*-\nX = 'é'\ndef double(n): return 2 * n".encode("latin-1"),
        "def double(n): return 2 * n\r\n",
    ],
)
def test_file_that_defines_the_name_in_some_way(tmp_path: Path, text: str | bytes) -> None:
    assert double_in(python(tmp_path, text), 21) == 42


def test_module_beside_the_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "helping.py").write_text("def twice(n): return n + n\n")
    solution = from_file(python(tmp_path, "from helping import twice as double"), ("double",))
    assert result(solution, 4) == 8


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def double(n:\n  return", "line 1: '(' was never closed"),
        ("x = 1\n\treturn 2", "line 2"),
        ("return 2", "line 1: 'return' outside function"),
        (b"x = '\xff'", "UTF-8"),
        (b"# coding: klingon\n", "UTF-8"),
        ("x = '\0'", "null byte"),
        ("x = " + "(" * 5_000 + ")" * 5_000, "not valid Python"),
        ("x = " + "-" * 200_000 + "1", "not valid Python"),
    ],
)
def test_file_that_is_no_python(tmp_path: Path, text: str | bytes, words: str) -> None:
    with pytest.raises(SolutionError, match="(?s)solution.py.*" + words.replace("(", r"\(")):
        from_file(python(tmp_path, text), ("double",))


def test_path_that_is_no_readable_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.py")
    huge = tmp_path / "huge.py"
    huge.touch()
    os.truncate(huge, 1 << 33)
    for name, words in {
        "absent.py": "No such file",
        ".": "is a folder",
        "fifo.py": "is not a file",
        "/dev/zero": "is not a file",
        "huge.py": "bytes",
        "nul\0.py": "can't be read",
    }.items():
        with pytest.raises(SolutionError, match=words):
            from_file(tmp_path / name, ("double",))


def test_reading_executes_nothing(tmp_path: Path) -> None:
    text = f"open({str(tmp_path / 'trace')!r}, 'w')\ndef double(n): return n"
    for path in (python(tmp_path, text), notebook(tmp_path, text)):
        from_file(path, ("double",))
        assert mentions(path, ("double",))
    assert not (tmp_path / "trace").exists()


def test_traceback_shows_the_line_of_the_file(tmp_path: Path) -> None:
    path = python(tmp_path, "def double(n):\n    return n / 0  # here\n")
    outcome = run(load_and_call, from_file(path, ("double",)), "double", 1, sealed=True)
    assert outcome.exception is not None
    assert 'solution.py", line 2, in double' in outcome.exception.traceback
    assert "return n / 0  # here" in outcome.exception.traceback


# Stubs


@pytest.mark.parametrize(
    "text",
    [
        STUB,
        "def double(n): raise NotImplementedError",
        "def double(n): raise NotImplementedError('write me')",
        "async def double(n): raise NotImplementedError()",
        "class double:\n    '''Doc.'''\n    size = 1\n    def get(self): raise NotImplementedError\n",
        "def double(n): return 2 * n\n" + STUB,
        "def other(n): raise NotImplementedError\ndouble = other",
        "@staticmethod\ndef double(n): raise NotImplementedError",
    ],
)
def test_stub(tmp_path: Path, text: str) -> None:
    assert from_file(python(tmp_path, text), ("double",)).stubs == ("double",)
    assert from_file(notebook(tmp_path, text), ("double",)).stubs == ("double",)


@pytest.mark.parametrize(
    "text",
    [
        "def double(n): pass",
        "def double(n): ...",
        STUB + "def double(n): return 2 * n",
        STUB + "double = abs",
        "def double(n):\n    if n: raise NotImplementedError\n",
        "def double(n): raise ValueError",
        "class double:\n    def a(self): raise NotImplementedError\n    def b(self): return 1\n",
        "class double: pass",
        "double = double",
        "other = double\ndouble = other",
    ],
)
def test_no_stub(tmp_path: Path, text: str) -> None:
    assert from_file(python(tmp_path, text), ("double",)).stubs == ()


# Notebooks


@pytest.mark.parametrize(
    "cells",
    [
        [STUB, "def double(n): return 2 * n"],
        [["def double(n):\n", "    return 2 * n"]],
        ["%matplotlib inline\n!ls\nos?\ndef double(n): return 2 * n\n%time double(3)"],
        ["%%time\ndef double(n): return 2 * n"],
        ["files = !ls\nlines = %sx ls\ndef double(n): return 2 * n"],
        ["def double(n): return 2 * n", "%%process\ndef double(n): return 3 * n"],
        ["def double(n): return 2 * n", "%%bash\nexit 1", "def broken(:\n  pass"],
        ["FACTOR = 2", "def double(n): return n * FACTOR", "FACTOR = 2"],
        ["import operator as op\nfrom math import prod", "def double(n): return prod([2, n])"],
        ["TEXT = '''\n%magic\n!not a shell\n'''\ndef double(n): return len(TEXT) * 0 + 2 * n"],
        ["from __future__ import annotations", "def double(n: Undefined) -> Missing: return 2 * n"],
        ["def twice(n): return 2 * n", "double = twice"],
        ["from ipclab import exercise\nex = exercise(9)\ndef double(n): return 2 * n\nex.check(double)"],
        ["import ipclab\nex = ipclab.exercise('nothing'); r = ex.run(3); double = lambda n: 2 * n; r"],
        ["a, *rest = [2, 3]\n(b := 2)\nc = (d := 2)\ndef double(n): return a * n * d // c"],
        ["import os\nos.environ['FACTOR'] = '2'\ndef double(n): return n * int(os.environ['FACTOR'])"],
        ["TABLE = {}\nTABLE['factor'] = 2\ndef double(n): return n * TABLE['factor']"],
        ["N = 2\ndef double(n): return n * globals()['N']"],
        ["class A:\n    factor = 2\ndef double(n): return n * A.factor", "A.factor = 2"],
        ["await something()\nx = await something()\ndef double(n): return 2 * n"],
        ["x: int\ny: int = 2\ndef double(n): return y * n"],
    ],
)  # fmt: skip
def test_notebook(tmp_path: Path, cells: list[Any]) -> None:
    assert double_in(notebook(tmp_path, *cells), 21) == 42


def test_experiments_in_a_notebook_are_no_part_of_the_solution(tmp_path: Path) -> None:
    path = notebook(
        tmp_path,
        "import os\nread_fd, write_fd = os.pipe()\nos.write(write_fd, b'x')\n"
        "data = os.read(read_fd, 1)\npid = os.fork()\nimpossible = 1 / 0",
        "def double(n):\n    data = n\n    return data + data",
        "answer = double(read_fd)",
    )
    assert double_in(path, 3) == 6


def test_assignment_that_calls_the_course_is_dropped_with_all_that_uses_it(tmp_path: Path) -> None:
    path = notebook(
        tmp_path,
        "from ipclab import exercise, experiments as e\nex = exercise(9)",
        "result = e.pipe_buffering.by_chunk_size()\nLIMIT = result.limit\nlimit = LIMIT + 1",
        "def double(n): return (ex, LIMIT, limit)",
    )
    kept = [type(each).__name__ for part in from_file(path, ("double",)).parts
            for each in part.statements()]  # fmt: skip
    assert kept == ["ImportFrom", "FunctionDef"]


def test_data_types_of_exercise_5_may_be_called(tmp_path: Path) -> None:
    cells = "from ipclab.webserver import Config\nEMPTY = Config(0)\ndef double(n): return EMPTY"
    (part,) = from_file(notebook(tmp_path, cells), ("double",)).parts
    assert part.kept == (0, 1, 2)


def test_broken_cell_that_was_to_define_the_name_is_an_error(tmp_path: Path) -> None:
    path = notebook(tmp_path, STUB, "def double(n):\n    return (2 * n")
    with pytest.raises(SolutionError, match="cell 3 is not valid Python: line 2"):
        from_file(path, ("double",))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "3",
        "{}",
        '{"cells": 3}',
        '{"cells": [{"cell_type": "code", "source": 3}]}',
        '{"cells": [{"cell_type": "code", "source": ["x", 3]}]}',
        '{"worksheets": [{"cells": []}]}',
        "[" * 200_000,
        '{"cells": ' + "[" * 100_000,
    ],
)
def test_broken_notebook(tmp_path: Path, text: str) -> None:
    path = tmp_path / "solution.ipynb"
    path.write_text(text)
    with pytest.raises(SolutionError, match=r"solution\.ipynb is not a notebook"):
        from_file(path, ("double",))


def test_odd_cells_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "solution.ipynb"
    odd = [3, None, {}, {"cell_type": "raw", "source": "x"}, {"cell_type": "code"},
           {"cell_type": "code", "source": "x = '\ud800'"}, {"cell_type": "code", "source": "\0"},
           {"cell_type": "code", "source": "(" * 5_000},
           {"cell_type": "code", "source": "x = " + "-" * 100_000 + "1"},
           {"cell_type": "code", "source": "def double(n): return n"}]  # fmt: skip
    path.write_text(json.dumps({"cells": odd}))
    assert double_in(path, 5) == 5


def test_notebook_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "solution.ipynb"
    path.write_bytes(b'{"cells": ["\xff"]}')
    with pytest.raises(SolutionError, match="UTF-8"):
        from_file(path, ("double",))


def test_traceback_names_the_cell(tmp_path: Path) -> None:
    path = notebook(tmp_path, "x = 1", "import os\n\ndef double(n):\n    return n / 0")
    outcome = run(load_and_call, from_file(path, ("double",)), "double", 1)
    assert outcome.exception is not None
    assert 'solution.ipynb, cell 3", line 4, in double' in outcome.exception.traceback
    assert "return n / 0" in outcome.exception.traceback


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def double(n): (", True),
        ("    async def double(n): pass", True),
        ("class double:", True),
        ("double = 3", True),
        ("from x import y, double", True),
        ("def doubles(n): pass", False),
        ("print(double)", False),
    ],
)
def test_mentions(text: str, found: bool) -> None:
    assert sources.mentions(text, ("double", "Box")) is found


# Objects of a session

LAYOUT = struct.Struct("<Q")
LOCK = threading.Lock()


def double(n: int) -> int:
    return helper(n) * LAYOUT.size // 8


def helper(n: int) -> int:
    return 2 * n


def stub(n: int) -> int:
    """Twice n."""
    raise NotImplementedError


def uses_a_lock(n: int) -> int:
    with LOCK:
        return 2 * n


class Box:
    """Its source can't be found in a notebook."""

    @classmethod
    def create(cls) -> int:
        raise NotImplementedError

    @property
    def content(self) -> int:
        raise NotImplementedError("later")

    @staticmethod
    def close() -> None:
        raise NotImplementedError()


def test_function_travels_with_its_module() -> None:
    assert result(from_objects((double,), ("double",)), 4) == 8


@pytest.mark.parametrize(
    "each",
    [lambda n: 2 * n, functools.partial(lambda f, n: f * n, 2), type("double", (), {"__new__": lambda _, n: 2 * n})],
)  # fmt: skip
def test_object_of_another_kind(each: Callable[..., Any]) -> None:
    assert result(from_objects((each,), ("double",)), 4) == 8


def session(text: str) -> dict[str, Any]:
    """The variables of a notebook in which `text` was executed."""
    variables: dict[str, Any] = {"__name__": "__main__"}
    exec(text, variables)
    return variables


@pytest.mark.parametrize(
    "text",
    [
        "def other(n): return 2 * n\ndouble = other",
        "import operator\ndef double(n): return operator.mul(2, n)",
        "import struct\nLAYOUT = struct.Struct('<H')\ndef double(n): return n * LAYOUT.size",
        "class Base:\n    f = 2\nclass Sub(Base): pass\ndef double(n): return n * Sub().f",
        "from ipclab.exercises.report import SYMBOLS\ndef double(n): return 2 * n if SYMBOLS else 0",
    ],
)
def test_function_of_a_session(text: str) -> None:
    assert result(from_objects((session(text)["double"],), ("double",)), 4) == 8


@pytest.mark.parametrize(
    ("objects", "words"),
    [
        ((), r"double and Box is missing. Write ex.check\(double, Box\)"),
        ((double,), "Box is missing"),
        ((double, helper), "helper is not part of this exercise. It asks for double and Box"),
        ((double, 3), "3 is neither a function nor a class"),
        (("double", Box), "'double' is neither"),
        ((double, Box, lambda n: n), "missing"),
        ((lambda n: n, lambda n: n), "missing"),
    ],
)
def test_objects_that_do_not_fit(objects: tuple[Any, ...], words: str) -> None:
    with pytest.raises(SolutionError, match=words):
        from_objects(objects, ("double", "Box"))


def test_object_that_cannot_be_sent_is_named() -> None:
    text = "import threading\nLOCK = threading.Lock()\ndef double(n):\n    with LOCK: return n"
    with pytest.raises(
        SolutionError, match=r"the global name LOCK, a lock, .* inside the function"
    ):
        from_objects((session(text)["double"],), ("double",))


def test_module_that_cannot_be_sent_is_imported() -> None:
    assert load_and_call(from_objects((uses_a_lock,), ("uses_a_lock",)), "uses_a_lock", 3) == 6


def test_live_stubs() -> None:
    assert is_stub(stub) and is_stub(Box)
    assert not any(
        map(is_stub, (double, uses_a_lock, len, functools.partial(stub), type("A", (), {})))
    )


def test_digest_follows_the_text(tmp_path: Path) -> None:
    first = from_file(python(tmp_path, "def double(n): return n"), ("double",))
    again = from_file(python(tmp_path, "def double(n): return n"), ("double",))
    other = from_file(python(tmp_path, "def double(n): return n + n"), ("double",))
    assert first.digest == again.digest != other.digest
    assert 0 <= first.digest < 10_000
