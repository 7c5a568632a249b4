"""How is a solution read from a Python file or a notebook, whatever is in it?"""

from __future__ import annotations

import ast
import io
import os
import stat
import tokenize
from pathlib import Path

from . import sources
from .solutions import Part, Solution, SolutionError

SIZE_LIMIT = 64 << 20  # bytes; a notebook with many stored figures stays far below it
_PARSER_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)


def from_file(path: str | os.PathLike[str], names: tuple[str, ...]) -> Solution:
    """The solution in a Python file or a notebook. Raises SolutionError."""
    path = Path(path)
    data = _read(path)
    if path.suffix == ".ipynb":
        parts = _notebook_parts(path, data, names)
    else:
        parts = [_file_part(path, data)]
    return Solution(names, sources.stubs(parts, names), tuple(parts), str(path.resolve().parent))


def _read(path: Path) -> bytes:
    try:
        # A device or a FIFO could keep the reader for ever.
        with open(
            path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)
        ) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise SolutionError(f"{path} is not a file. Name a .py file or a notebook.")
            if status.st_size > SIZE_LIMIT:
                raise SolutionError(f"{path} holds {status.st_size:,} bytes; that is no solution.")
            return file.read(SIZE_LIMIT)
    except IsADirectoryError:
        raise SolutionError(f"{path} is a folder. Name a .py file or a notebook in it.") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or error
        raise SolutionError(f"{path} can't be read: {reason}.") from None


def _file_part(path: Path, data: bytes) -> Part:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = io.TextIOWrapper(io.BytesIO(data), encoding).read()
    except (SyntaxError, UnicodeDecodeError) as error:
        raise SolutionError(f"{path} is not UTF-8 text: {error}. Save it as UTF-8.") from None
    part = Part(str(path.resolve()), text)
    try:
        compile(ast.Module(part.statements(), []), part.filename, "exec", dont_inherit=True)
    except _PARSER_ERRORS as error:
        raise SolutionError(f"{path} is not valid Python: {_described(error)}") from None
    return part


def _described(error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.lineno:
        line = (error.text or "").strip()
        return f"line {error.lineno}: {error.msg}" + (f": {line}" if line else "")
    return f"{type(error).__name__}: {error}"


def _notebook_parts(path: Path, data: bytes, names: tuple[str, ...]) -> list[Part]:
    try:
        cells = sources.code_cells(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SolutionError(f"{path} is not UTF-8 text: {error}.") from None
    except ValueError as error:
        raise SolutionError(f"{path} is not a notebook: {error}.") from None
    parts = []
    for cell in cells:
        try:
            text = sources.python_of(cell.source)
            compile(
                text.encode(), "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
            )
        except _PARSER_ERRORS as error:
            # A broken cell defines nothing, as in the notebook; that matters if it was to define
            # the solution.
            if sources.mentions(cell.source, names):
                raise SolutionError(
                    f"{path}, cell {cell.number} is not valid Python: {_described(error)}"
                ) from None
            continue
        parts.append(Part(f"{path.resolve()}, cell {cell.number}", text))
    return sources.select(parts, names)


def mentions(path: Path, names: tuple[str, ...]) -> bool:
    """Does the file define, assign or import one of the names? Raises SolutionError."""
    data = _read(path)
    if path.suffix != ".ipynb":
        return sources.mentions(data.decode("utf-8", "replace"), names)
    try:
        cells = sources.code_cells(data.decode("utf-8-sig"))
    except ValueError as error:
        raise SolutionError(f"{path} is not a notebook: {error}.") from None
    return any(sources.mentions(cell.source, names) for cell in cells)
