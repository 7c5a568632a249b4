"""Imports point down only, and what is heavy is imported where it is needed."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import ipclab

PACKAGE = Path(ipclab.__file__).parent
# Highest first. On top stand the commands, and what a notebook gets.
LAYERS = (
    {
        "cli",
        "__main__",
        "clean",
        "doctor",
        "machine",
        "notebook",
        "measure",
        "progress",
        "reset",
        "start",
    },
    {"exercises"},
    {"experiments"},
    {"explorer"},
    {"database", "webserver"},
    {"sandbox"},
    {"ipc"},
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
# Small packages that may be imported on top of a module; any other belongs into a function.
LIGHT = {"posix_ipc", "cloudpickle", "filelock", "greenlet", "httptools"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported_names(node: ast.AST, package: str) -> list[str]:
    """Dotted names that an import statement asks for, relative ones made absolute."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    parents = package.split(".")[: len(package.split(".")) - node.level + 1]
    base = ".".join([*parents, *filter(None, [node.module])]) if node.level else str(node.module)
    return [f"{base}.{alias.name}" for alias in node.names]


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def statements(tree: ast.AST, into_functions: bool) -> Iterator[ast.AST]:
    """All nodes that run; those in functions on demand, those for type checkers never."""
    for node in ast.iter_child_nodes(tree):
        function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if is_type_checking(node) or (function and not into_functions):
            continue
        yield node
        yield from statements(node, into_functions)


def imports_of(source: str, package: str, into_functions: bool) -> list[tuple[int, str]]:
    return [
        (node.lineno, name)
        for node in statements(ast.parse(source), into_functions)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imported_names(node, package)
    ]


def upward_imports(source: str, path: Path) -> list[str]:
    inside = path.relative_to(PACKAGE)
    package = ".".join(["ipclab", *inside.parts[:-1]])
    own = RANK[inside.parts[0].removesuffix(".py")]
    return [
        f"{inside}:{line} imports {name}"
        for line, name in imports_of(source, package, into_functions=True)
        if name.startswith("ipclab.") and RANK.get(name.split(".")[1], own) < own
    ]


def heavy_imports(source: str, path: Path) -> list[str]:
    allowed = {*sys.stdlib_module_names, *LIGHT, "ipclab"}
    return [
        f"{path.relative_to(PACKAGE)}:{line} imports {name}"
        for line, name in imports_of(source, "ipclab", into_functions=False)
        if name.split(".")[0] not in allowed
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down_and_are_light(path: Path) -> None:
    source = path.read_text()
    if path != PACKAGE / "__init__.py":
        assert upward_imports(source, path) == []
    assert heavy_imports(source, path) == []


def test_every_package_has_a_layer() -> None:
    names = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES}
    assert names - {"__init__"} <= set(RANK)


@pytest.mark.parametrize(
    "source",
    [
        "import ipclab.exercises.report",
        "from ipclab.exercises import exercise",
        "from ipclab import exercises",
        "from ..exercises import report",
        "from .. import exercises",
        "def late():\n    from ipclab.experiments import figures",
    ],
)
def test_an_upward_import_is_found(source: str) -> None:
    assert len(upward_imports(source, PACKAGE / "sandbox" / "run.py")) == 1


@pytest.mark.parametrize(
    "source",
    [
        "import ipclab.ipc.pipes",
        "from ipclab import ipc",
        "from . import observe",
        "from .observe import look",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ipclab import exercises",
    ],
)
def test_a_downward_import_is_allowed(source: str) -> None:
    assert upward_imports(source, PACKAGE / "sandbox" / "run.py") == []


def test_heavy_imports_are_found_where_they_run_on_import() -> None:
    path = PACKAGE / "ipc" / "pipes.py"
    assert heavy_imports("import matplotlib.pyplot", path) != []
    assert heavy_imports("try:\n    import rich\nexcept ImportError:\n    pass", path) != []
    assert heavy_imports("class A:\n    import numpy", path) != []
    assert heavy_imports("def plot():\n    import matplotlib", path) == []
