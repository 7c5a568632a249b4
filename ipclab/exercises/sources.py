"""Which statements of a learner's file make up the solution, and which of its names are still stubs?

Everything here reads text and syntax trees. Nothing of the learner's is executed.
"""

from __future__ import annotations

import ast
import json
import re
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .solutions import Part

# These cell magics run the rest of the cell in the notebook itself, so what it defines counts.
_TRANSPARENT_MAGICS = re.compile(r"\s*%%(time|capture|prun)\b")
_CELL_MAGIC = re.compile(r"\s*%%\w")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
# Calls that can reach a global by a name that the syntax tree does not show.
_REFLECTION = {"globals", "eval", "exec", "vars"}


@dataclass(frozen=True)
class Cell:
    """A code cell: its number among all cells, counted from 1 as a reader would, and its text."""

    number: int
    source: str


def code_cells(text: str) -> list[Cell]:
    """The code cells of a notebook. Raises ValueError when `text` is not one."""
    try:
        notebook = json.loads(text)
    except RecursionError:
        raise ValueError("its JSON is nested too deeply") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ValueError('it has no list "cells": open it in JupyterLab and save it again')
    return [
        Cell(number, _joined(cell.get("source", "")))
        for number, cell in enumerate(notebook["cells"], start=1)
        if isinstance(cell, dict) and cell.get("cell_type") == "code"
    ]


def _joined(source: object) -> str:
    lines: list[object] = source if isinstance(source, list) else [source]
    texts = [line for line in lines if isinstance(line, str)]
    if len(texts) < len(lines):
        raise ValueError('the "source" of a cell is neither a text nor a list of lines')
    return "".join(texts)


def python_of(cell: str) -> str:
    """The cell as Python: magics become calls of get_ipython(), a foreign cell becomes empty.

    Line numbers stay. Raises SyntaxError, RecursionError, MemoryError or ValueError as the parser does.
    """
    if _TRANSPARENT_MAGICS.match(cell):
        cell = re.sub(_TRANSPARENT_MAGICS.pattern + ".*", "", cell, count=1)
    elif _CELL_MAGIC.match(cell):
        return ""
    try:
        ast.parse(cell)
        return cell
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        transformed: str = TransformerManager().transform_cell(cell)  # type: ignore[no-untyped-call]
        ast.parse(transformed)
        return transformed


def select(parts: Iterable[Part], names: Iterable[str]) -> list[Part]:
    """What a notebook contributes to a solution that consists of `names`.

    Kept are imports, definitions, classes, and the assignments that those names need and that call
    nothing of ipclab. An experiment such as `data = os.read(fd, 10)` is no part of the solution,
    and would wait for ever without the os.write in the line above it.
    """
    parts = list(parts)
    needed = _needed([each for part in parts for each in part.statements()], set(names))
    course: set[str] = set()  # names that came from ipclab: they may be read, but not called
    missing: set[str] = set()  # names whose assignment was dropped
    selected = []
    for part in parts:
        kept = tuple(
            number
            for number, statement in enumerate(part.statements())
            if _keep(statement, needed, course, missing)
        )
        selected.append(Part(part.filename, part.source, kept))
    return [part for part in selected if part.kept]


def _keep(
    statement: ast.stmt, needed: set[str] | None, course: set[str], missing: set[str]
) -> bool:
    bound = set(bound_names(statement))
    if isinstance(statement, _ASSIGNMENTS):
        wanted = needed is None or bool(needed & {*bound, *_changed_names(statement)})
        if not wanted or _uses(statement, course, missing):
            missing |= bound
            return False
    elif not isinstance(statement, (*_DEFINITIONS, *_IMPORTS)):
        return False
    missing -= bound
    course -= bound
    course |= set(_course_names(statement))
    return True


def _course_names(statement: ast.stmt) -> Iterator[str]:
    """What an import takes from ipclab, other than the data types that exercise 5 is written with."""
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            if alias.name.split(".")[0] == "ipclab":
                yield alias.asname or "ipclab"
    elif isinstance(statement, ast.ImportFrom) and statement.level == 0:
        module = statement.module or ""
        if module.split(".")[0] == "ipclab" and module != "ipclab.webserver":
            yield from (alias.asname or alias.name for alias in statement.names)


def _uses(statement: ast.stmt, course: set[str], missing: set[str]) -> bool:
    """Does it call something of the course, use what was dropped, or need a notebook around it?"""
    for node in ast.walk(statement):
        if isinstance(node, ast.Await):
            return True
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in missing:
            return True
        if isinstance(node, ast.Call) and _root(node.func) in course | {"get_ipython"}:
            return True
    return False


def _root(node: ast.expr) -> str | None:
    """The name that an expression such as `a.b(1)[2].c` starts with."""
    while True:
        match node:
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Starred(value=inner):
                node = inner
            case ast.Call(func=inner):
                node = inner
            case ast.Name(id=name):
                return name
            case _:
                return None


def _targets(statement: ast.stmt) -> Iterator[ast.expr]:
    match statement:
        case ast.Assign(targets=targets):
            for target in targets:
                yield from _flat(target)
        case ast.AnnAssign(target=target, value=value) if value is not None:
            yield target
        case ast.AugAssign(target=target):
            yield target


def _flat(target: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from _flat(element)
    elif isinstance(target, ast.Starred):
        yield from _flat(target.value)
    else:
        yield target


def bound_names(statement: ast.stmt) -> Iterator[str]:
    """The global names that a top-level definition, import or assignment binds."""
    if isinstance(statement, _DEFINITIONS):
        yield statement.name
    elif isinstance(statement, _IMPORTS):
        for alias in statement.names:
            yield alias.asname or alias.name.split(".")[0]
    else:
        yield from (target.id for target in _targets(statement) if isinstance(target, ast.Name))
        yield from (
            node.target.id for node in ast.walk(statement) if isinstance(node, ast.NamedExpr)
        )


def _changed_names(statement: ast.stmt) -> Iterator[str]:
    """The objects that `a.b = …` and `a[0] = …` change."""
    for target in _targets(statement):
        if not isinstance(target, ast.Name) and (root := _root(target)):
            yield root


def _needed(statements: list[ast.stmt], names: set[str]) -> set[str] | None:
    """The global names that `names` use, and those that these use …; None: it may be any."""
    uses: dict[str, set[str]] = {}
    for statement in statements:
        used = _global_names(statement)
        for name in {*bound_names(statement), *_changed_names(statement)}:
            uses.setdefault(name, set()).update(used)
    needed: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        needed.add(name)
        waiting |= uses.get(name, set()) - needed
    return None if needed & _REFLECTION else needed


def _global_names(statement: ast.stmt) -> set[str]:
    """The global names that a statement reads, now or when what it defines is called."""
    module = ast.Module([statement], [])
    try:
        tables = [symtable.symtable(ast.unparse(module), "cell", "exec")]
    except SyntaxError:  # such as an await outside a function: such a statement is dropped anyway
        return set()
    found: set[str] = set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        top = table.get_type() == "module"
        found |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (top or symbol.is_global())
        }
    return found


def mentions(text: str, names: Iterable[str]) -> bool:
    """Does the text, which may be no valid Python, look as if it defined one of the names?"""
    either = "|".join(map(re.escape, names))
    pattern = (
        rf"^\s*(?:async\s+)?(?:def|class)\s+(?:{either})\b"
        rf"|^(?:{either})\s*[=:]|^from\s.*\bimport\b.*\b(?:{either})\b"
    )
    return bool(re.search(pattern, text, re.MULTILINE))


def stubs(parts: Iterable[Part], names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` whose last definition is a docstring and `raise NotImplementedError`."""
    last: dict[str, ast.stmt] = {}
    for part in parts:
        for statement in part.statements():
            last.update(dict.fromkeys(bound_names(statement), statement))
    return tuple(name for name in names if _is_stub(last.get(name), last))


def _is_stub(statement: ast.stmt | None, last: dict[str, ast.stmt], depth: int = 0) -> bool:
    match statement:
        case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body):
            return _only_raises(body)
        case ast.ClassDef(body=body):
            methods = [each for each in body if isinstance(each, _DEFINITIONS)]
            return bool(methods) and all(_is_stub(each, {}) for each in methods)
        case ast.Assign(targets=[ast.Name()], value=ast.Name(id=other)) if depth < len(last):
            return _is_stub(last.get(other), last, depth + 1)
    return False


def _only_raises(body: list[ast.stmt]) -> bool:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            body = rest
    match body:
        case [ast.Raise(exc=ast.Name(id="NotImplementedError"))]:
            return True
        case [ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError")))]:
            return True
    return False
